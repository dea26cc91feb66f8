"""The serial cable: a pty, whose slave the host opens under a name that stays."""

import os
import tty
from pathlib import Path


class CableFault(Exception):
    """The name for the serial port can't be had."""


class Cable:
    """One plugged-in cable: unplugging takes its name away and hangs up whoever has the port open."""

    def __init__(self, port: Path) -> None:
        """Makes the pty and has ``port`` lead to it. ``CableFault`` where another thing has that name."""
        if port.exists() and not port.is_symlink():
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
