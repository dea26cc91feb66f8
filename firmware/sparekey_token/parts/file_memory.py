"""A file on the device's drive as a second home for the vault (a ``Memory``).

For boards without an EEPROM. ``boot.py`` must have made the drive the firmware's own to write.
"""

import os

_PIECE = 256


class FileMemory:
    """Bytes in a file of fixed size, written in place; ``OSError`` where the drive can't be written."""

    def __init__(self, path: str, size: int = 4096) -> None:
        """Opens the file, made or filled up with 0xFF where it is missing or shorter than ``size``."""
        self.size = size
        """Bytes."""
        try:
            missing = size - os.stat(path)[6]
        except OSError:
            missing = size
        if missing > 0:
            with open(path, "ab") as file:
                while missing > 0:
                    file.write(b"\xff" * min(_PIECE, missing))
                    missing -= _PIECE
        self._file = open(path, "r+b")  # noqa: SIM115 - as long as the token runs

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        self._file.seek(start)
        return self._file.read(length)

    def write(self, start: int, data: bytes) -> None:
        """Writes and flushes, so that the bytes are in the flash when this returns."""
        self._file.seek(start)
        self._file.write(data)
        self._file.flush()
        if hasattr(os, "fsync"):
            os.fsync(self._file.fileno())
        else:
            os.sync()

    def erase(self) -> None:
        """All bytes to 0xFF."""
        self.write(0, b"\xff" * self.size)

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()
