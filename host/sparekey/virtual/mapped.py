"""Files that two processes map: the state of chips and pins, seen by firmware and parent alike."""

import fcntl
import mmap
import os
from pathlib import Path
from typing import BinaryIO


class InUse(Exception):
    """Another virtual token runs on these files."""


def reserve(state: Path) -> BinaryIO:
    """Keeps other virtual tokens off a state folder until the answer is closed, or the process ends.

    Raises ``InUse``.
    """
    held = (state / "lock").open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        held.close()
        raise InUse(f"{state} is in use by another virtual token") from fault
    return held


def mapped(path: Path, size: int, blank: bytes = b"\x00") -> memoryview:
    """The first ``size`` bytes of a file, shared with every process that maps it.

    A file that is new or too short is filled up with ``blank``. Raises ``OSError`` where it can't be.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        missing = size - os.fstat(descriptor).st_size
        if missing > 0:
            os.lseek(descriptor, 0, os.SEEK_END)
            os.write(descriptor, blank * missing)
        return memoryview(mmap.mmap(descriptor, size))
    finally:
        os.close(descriptor)
