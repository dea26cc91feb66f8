"""A file on a FAT drive in flash, at its worst: each change erases and rewrites a whole sector of it."""

from .supply import Supply

SECTOR = 4096


class FlashFile:
    """What ``parts.file_memory.FileMemory`` gives the vault, in a buffer, with power that can be cut."""

    def __init__(self, cells: memoryview, supply: Supply | None = None) -> None:
        self._cells = cells
        self._supply = supply or Supply()
        self.size = len(cells)
        """Bytes."""
        self.erases = 0
        """Sectors erased so far."""

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        return bytes(self._cells[start : start + length])

    def write(self, start: int, data: bytes) -> None:
        """Erases and programs each sector that the bytes lie in."""
        for first in range(start - start % SECTOR, start + len(data), SECTOR):
            image = bytearray(self._cells[first : first + SECTOR])
            low, high = max(start, first), min(start + len(data), first + SECTOR)
            image[low - first : high - first] = data[low - start : high - start]
            self.erases += 1
            self._supply.change(self._cells, first, b"\xff" * len(image))
            self._supply.change(self._cells, first, bytes(image))

    def erase(self) -> None:
        """All bytes to 0xFF."""
        self.write(0, b"\xff" * self.size)
