"""The chips' memories as plain files: ``microcontroller.nvm``, and the EEPROM as a second home."""

import os


class Bytes:
    """A file as an array of bytes, as ``microcontroller.nvm`` is one."""

    def __init__(self, path: str, size: int) -> None:
        """Made, all 0xFF, where it is missing."""
        try:
            os.stat(path)
        except OSError:
            with open(path, "wb") as file:
                file.write(b"\xff" * size)
        self._file = open(path, "r+b")
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, where: slice) -> bytes:
        self._file.seek(where.start)
        return self._file.read(where.stop - where.start)

    def __setitem__(self, where: slice, data: bytes) -> None:
        self._file.seek(where.start)
        self._file.write(data)
        self._file.flush()


class Eeprom:
    """A ``Memory`` in a file."""

    size = 4096

    def __init__(self, path: str) -> None:
        self._bytes = Bytes(path, self.size)

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        return self._bytes[start : start + length]

    def write(self, start: int, data: bytes) -> None:
        """Bytes of any value to any place."""
        self._bytes[start : start + len(data)] = data

    def erase(self) -> None:
        """All of it to 0xFF, a page at a time: the heap may have no more in one piece."""
        for start in range(0, self.size, 32):
            self.write(start, b"\xff" * 32)
