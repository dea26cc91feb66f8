"""Which program has a serial port, as far as Linux's /proc tells."""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def holder(path: str) -> str:
    """The program that has the port at ``path``, such as ``screen (process 4711)``; empty where unknown.

    The one that has it locked, else the first other one that has it open.
    """
    for process in (*_locking(path), *_opening(path)):
        try:
            return f"{(_PROC / process / 'comm').read_text().strip()} (process {process})"
        except OSError:  # it has just ended
            continue
    return ""


def _locking(path: str) -> Iterator[str]:
    """Processes with a lock of flock(2) on the port (proc(5), /proc/locks)."""
    try:
        inode = str(Path(path).stat().st_ino)
        locks = (_PROC / "locks").read_text().splitlines()
    except OSError:
        return
    for line in locks:
        # number: FLOCK ADVISORY WRITE process major:minor:inode start end
        fields = line.split()
        if len(fields) > 5 and fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == inode:
            yield fields[4]


def _opening(path: str) -> Iterator[str]:
    target = os.path.realpath(path)
    for process in _PROC.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if any(os.readlink(link) == target for link in (process / "fd").iterdir()):  # noqa: PTH115
                yield process.name
        except OSError:  # another user's process, or one that has just ended
            continue
