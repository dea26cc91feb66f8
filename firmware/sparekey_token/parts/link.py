"""The serial line to the host: ``usb_cdc.data``, which boot.py switches on."""

import usb_cdc


class Link:
    """The USB serial port for data; without it (boot.py did not run) nobody is ever connected."""

    def __init__(self) -> None:
        """Sets both time-outs to 0: by default the port waits forever."""
        self._port = usb_cdc.data
        if self._port is not None:
            self._port.timeout = 0
            self._port.write_timeout = 0

    @property
    def connected(self) -> bool:
        """Whether a host has the port open."""
        return self._port is not None and self._port.connected

    def read(self) -> bytes:
        """What has come, at most 256 bytes."""
        if self._port is None:
            return b""
        waiting = self._port.in_waiting
        return self._port.read(min(waiting, 256)) if waiting else b""

    def write(self, data: bytes) -> int:
        """How many of the bytes were taken; a host that doesn't read takes none."""
        if self._port is None:
            return 0
        return self._port.write(data) or 0
