"""The serial cable: a pty, whose slave the host opens under a name that stays."""

import contextlib
import fcntl
import os
import tty
from collections.abc import Iterator
from pathlib import Path


class CableFault(Exception):
    """The name for the serial port can't be had."""


@contextlib.contextmanager
def reserved(port: Path) -> Iterator[None]:
    """Keeps other virtual tokens off the name ``port`` meanwhile, also while the board is off.

    By a lock beside it, which ends with the process: what a link leads to tells nothing, since the numbers
    of ptys come again. Raises ``CableFault``, ``OSError``.
    """
    if not port.parent.is_dir():
        raise CableFault(f"{port.parent} is no folder: a link for the serial port is made there")
    lock = port.with_name(f".{port.name}.lock")
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            os.close(descriptor)
            raise CableFault(
                f"{port} is in use by another virtual token; name another link: --port"
            ) from fault
        if _is(lock, descriptor):
            break
        os.close(descriptor)  # its last holder took the file away in between
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False


class Cable:
    """One plugged-in cable: unplugging takes its name away and hangs up whoever has the port open."""

    def __init__(self, port: Path) -> None:
        """Makes the pty and has ``port`` lead to it. ``CableFault`` where another thing has that name."""
        # a link that leads nowhere is one that a killed token left
        if port.exists() and not (port.is_symlink() and port.is_char_device()):
            raise CableFault(f"{port} exists and is no link to a virtual token's port")
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self._target = os.ttyname(slave)
        os.close(slave)  # from now on, a hang-up means that no host has the port open
        self._port = port
        beside = port.with_name(f".{port.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        beside.symlink_to(self._target)
        beside.replace(port)

    def handed_over(self) -> None:
        """The firmware's process holds its end now: when it ends, the host sees the cable pulled."""
        os.close(self.master)

    def unplug(self) -> None:
        """Takes the name away, if it is still this cable's."""
        if self._port.is_symlink() and self._port.readlink() == Path(self._target):
            self._port.unlink()
