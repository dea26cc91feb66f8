"""The serial cable on standard input and output."""

import select
import sys

_PIECE = 64


class Link:
    """A pty's master, not blocking; a hang-up means that no host has the port open."""

    def __init__(self, telling) -> None:  # type: ignore[no-untyped-def]
        """``telling`` is the pipe to the parent: the first read says that the loop runs."""
        self._telling = telling
        self._told = False
        self._input = select.poll()
        self._input.register(sys.stdin, select.POLLIN)
        self._output = select.poll()
        self._output.register(sys.stdout, select.POLLOUT)

    @property
    def connected(self) -> bool:
        """Whether a host has the port open."""
        return not self._flags() & select.POLLHUP

    def read(self) -> bytes:
        """What has come, at most 256 bytes."""
        if not self._told:
            self._told = True
            self._telling.write(b"L")
        if not self._flags() & select.POLLIN:
            return b""
        try:
            return sys.stdin.buffer.read(256) or b""
        except OSError:
            return b""

    def write(self, data: bytes) -> int:
        """As much as the host's side has room for. MicroPython would wait for more, so it is asked first."""
        written = 0
        while written < len(data) and self._output.poll(0):
            written += sys.stdout.buffer.write(data[written : written + _PIECE])
        return written

    def _flags(self) -> int:
        for found in self._input.poll(0):
            return found[1]
        return 0
