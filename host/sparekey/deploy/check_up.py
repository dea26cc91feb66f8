"""What is wrong here on the way to a token: libraries, boards, and the drives that are plugged in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import boot_out, drives
from .board import Board, board_names, load_board, refusal
from .drive_files import DriveFiles
from .errors import DeployError
from .image import build
from .installing import check_fits_board, read_boot_out
from .libraries import installed_modules, pinned
from .source import device_source


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``words`` say what was found and, where it isn't well, what to do."""

    subject: str
    well: bool
    words: str


def check_up(places: Iterable[Path] | None = None) -> Iterator[Finding]:
    """Looks at everything in turn; ``places`` are where drives may be mounted (default: this system's)."""
    try:
        installed_modules()
        yield Finding("libraries", True, f"the {len(pinned())} packages for the device are here as pinned")
    except DeployError as fault:
        # nothing is wrong for who only logs in; ``deploy`` itself refuses without them
        yield Finding("libraries", True, f"'sparekey deploy' has to wait: {fault}")
    known: list[Board] = []
    try:
        folder = device_source().boards
        names = board_names(folder)
    except DeployError as fault:
        yield Finding("boards", False, str(fault))
        return
    for name in names:
        try:
            board = load_board(folder / name)
        except DeployError as fault:
            yield Finding(f"board {name}", False, str(fault))
            continue
        words = refusal(board)
        if words:
            yield Finding(f"board {name}", False, words)
        else:
            known.append(board)
    yield Finding("boards", bool(known), f"{len(known)} boards can be a token")
    for place in sorted({path.resolve() for path in (drives.candidates() if places is None else places)}):
        if drives.is_circuitpython(place):
            yield _drive(place, known)


def _drive(place: Path, known: list[Board]) -> Finding:
    subject = f"drive {place}"
    try:
        found = read_boot_out(place)
        board = next((board for board in known if board.circuitpython == found.board_id), None)
        if board is None:
            return Finding(
                subject,
                False,
                f"{found.machine} ({found.board_id}) is no board that Sparekey knows; docs/port.md shows how "
                "to add it",
            )
        check_fits_board(found, board)
        differing = DriveFiles(place).differing(build(board, device_source()))
    except DeployError as fault:
        return Finding(subject, False, str(fault))
    if differing:
        return Finding(
            subject,
            False,
            f"{board.name}: {len(differing)} files are not this version's. Write them: sparekey deploy "
            f"--board {board.key} {place}",
        )
    notice = boot_out.warning(found)
    return Finding(subject, True, notice or f"{board.name}, CircuitPython {found.text}, firmware as here")
