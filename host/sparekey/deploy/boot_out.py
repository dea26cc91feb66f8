"""``boot_out.txt``, in which CircuitPython says what it is, and whether Sparekey runs on that."""

import re
from dataclasses import dataclass

from .errors import DriveError

OLDEST = (10, 0)
"""The oldest CircuitPython that Sparekey runs on (major, minor)."""

TRIED = (10, 3)
"""The newest whose modules the firmware is checked against (circuitpython-stubs)."""

_FIRST_LINE = re.compile(r"CircuitPython (\d+)\.(\d+)\.(\S+) on \S+; (.+?)(?: with (\S+))?\s*$", re.MULTILINE)
_UID = re.compile(r"^UID: ?([0-9A-Fa-f]+)", re.MULTILINE)
_BOARD_ID = re.compile(r"^Board ID: ?(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class BootOut:
    """What a drive's boot_out.txt says."""

    version: tuple[int, int]
    text: str
    """The whole version, ``10.0.3``."""
    machine: str
    """The board's name in words."""
    board_id: str
    uid: str = ""
    """The chip's id in hex, empty where the file has none."""


def parse(text: str) -> BootOut:
    """Reads boot_out.txt; ``DriveError`` where it isn't CircuitPython's."""
    line, ident = _FIRST_LINE.search(text), _BOARD_ID.search(text)
    if line is None or ident is None:
        raise DriveError(
            "boot_out.txt on this drive isn't CircuitPython's: the version or the board's id is missing. "
            "Install CircuitPython 10 on the board (see its README)."
        )
    major, minor, rest, machine = int(line[1]), int(line[2]), line[3], line[4]
    uid = _UID.search(text)
    return BootOut((major, minor), f"{major}.{minor}.{rest}", machine, ident[1], uid[1] if uid else "")


def refusal(found: BootOut, board_id: str, board_name: str) -> str | None:
    """Why the board that wrote ``found`` can't get the firmware for ``board_id``, or None."""
    if found.board_id != board_id:
        return (
            f"The drive is another board's: {found.machine} (board id {found.board_id}), not {board_name} "
            f"({board_id}). Its pins differ: name the right board; `sparekey boards` lists them."
        )
    if found.version < OLDEST:
        return (
            f"The board runs CircuitPython {found.text}; Sparekey needs {OLDEST[0]}.{OLDEST[1]} or newer. "
            f"Get it from https://circuitpython.org/board/{board_id}/ and see the board's README."
        )
    return None


def warning(found: BootOut) -> str | None:
    """What to say about a CircuitPython that is newer than any tried, or None."""
    if found.version[0] > TRIED[0]:
        return (
            f"CircuitPython {found.text} is newer than what Sparekey was tried with "
            f"({TRIED[0]}.{TRIED[1]}); go back to that if the token doesn't start."
        )
    return None
