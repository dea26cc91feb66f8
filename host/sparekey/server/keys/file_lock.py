"""A lock on a file, which the operating system lets go of whatever becomes of who holds it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


class Held(Exception):
    """Somebody else holds it."""


@contextlib.contextmanager
def held(path: Path, *, wait: bool) -> Iterator[None]:
    """While this process holds the lock at ``path``, a file that stays and is empty.

    Raises ``Held`` where another does, unless ``wait``.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor, wait)
        except OSError:
            raise Held from None
        yield
    finally:
        os.close(descriptor)  # lets go of it, too


def _lock(descriptor: int, wait: bool) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
