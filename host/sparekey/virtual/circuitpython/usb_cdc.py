"""CircuitPython's ``usb_cdc`` over a pty: the master is the device's end of the cable.

``data`` is None unless boot.py enables it. What is written while no host has the port open is lost.
"""

import array
import errno
import fcntl
import os
import select
import termios
import time

from sparekey.virtual import running


class Serial:
    """A serial channel to the host, as CircuitPython documents it; times in seconds."""

    def __init__(self) -> None:
        """Waits forever for both, until told otherwise."""
        self.timeout: float | None = None
        self.write_timeout: float | None = None
        self._cable = running.board().cable
        self._poll = select.poll()
        self._poll.register(self._cable, select.POLLIN)
        self._told = False
        self._was_connected = False

    @property
    def connected(self) -> bool:
        """Whether a host has the port open."""
        gone = any(flags & select.POLLHUP for _, flags in self._poll.poll(0))
        if gone and self._was_connected:
            # what a host did not read goes with it; what can be read may be the next one's
            termios.tcflush(self._cable, termios.TCOFLUSH)
        self._was_connected = not gone
        return not gone

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once."""
        self._tell()
        waiting = array.array("i", [0])
        try:
            fcntl.ioctl(self._cable, termios.FIONREAD, waiting)
        except OSError:
            return 0
        return waiting[0]

    @property
    def out_waiting(self) -> int:
        """Bytes that the host has not taken yet: here the kernel holds them, so none."""
        return 0

    def read(self, size: int = 1) -> bytes:
        """At most ``size`` bytes; waits for ``timeout``."""
        self._tell()
        data = bytearray()
        end = None if self.timeout is None else time.monotonic() + self.timeout
        while len(data) < size:
            try:
                data += os.read(self._cable, size - len(data))
            except (BlockingIOError, OSError) as fault:
                if fault.errno not in (errno.EAGAIN, errno.EIO):
                    raise
                if end is not None and time.monotonic() >= end:
                    break
                time.sleep(0.001)
        return bytes(data)

    def readinto(self, buffer: bytearray) -> int:
        """Reads into ``buffer``; answers how many bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: bytes) -> int:
        """Writes; answers how many bytes were taken within ``write_timeout``."""
        if not self.connected:
            return len(data)
        written = 0
        end = None if self.write_timeout is None else time.monotonic() + self.write_timeout
        while written < len(data):
            try:
                written += os.write(self._cable, data[written:])
            except BlockingIOError:
                if end is not None and time.monotonic() >= end:
                    break
                time.sleep(0.001)
        return written

    def flush(self) -> None:
        """Nothing waits here."""

    def reset_input_buffer(self) -> None:
        """Forgets what came and was not read."""
        while self.in_waiting:
            os.read(self._cable, 4096)

    def reset_output_buffer(self) -> None:
        """Forgets what was written and not taken."""
        termios.tcflush(self._cable, termios.TCIFLUSH)

    def _tell(self) -> None:
        """The parent may say that the firmware runs: it reads its serial line."""
        if not self._told:
            self._told = True
            running.board().tell(running.LOOPS)


class Console:
    """The REPL's channel, which no host has open here."""

    connected = False
    in_waiting = 0


console: Console | None = Console()
data: Serial | None = None


def enable(*, console: bool = True, data: bool = False) -> None:
    """Chooses the channels; only in boot.py. The virtual board's console is the process's stderr."""
    if running.board().booted:
        raise RuntimeError("Cannot change USB devices now")
    globals().update(console=Console() if console else None, data=Serial() if data else None)


def disable() -> None:
    """No channels at all; only in boot.py."""
    enable(console=False, data=False)
