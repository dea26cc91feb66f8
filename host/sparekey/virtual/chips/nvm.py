"""``microcontroller.nvm`` as CircuitPython makes it of a chip's flash.

RP2: where all bytes to be set are still 0xFF they are programmed as they are; otherwise the whole
sector is copied to RAM, erased and programmed again (CircuitPython, ports/raspberrypi/common-hal/nvm/
ByteArray.c). The variety of ESP32 and nRF (``erases_first``) erases all of it before each change.
"""

from collections.abc import Iterator

from .supply import Supply


class Nvm:
    """The bytes, in a buffer that may be a mapped file; a new one is all 0xFF."""

    def __init__(
        self,
        cells: memoryview,
        sector: int = 4096,
        *,
        erases_first: bool = False,
        granule: int = 256,
        supply: Supply | None = None,
    ) -> None:
        """``sector`` bytes are erased together, ``granule`` bytes programmed together.

        Raises ``ValueError`` where the buffer isn't whole sectors, or a sector not whole granules.
        """
        if not len(cells) or len(cells) % sector or sector % granule:
            raise ValueError("the memory is not made of whole sectors and granules")
        self._cells = cells
        self._sector = len(cells) if erases_first else sector
        self._erases_first = erases_first
        self._granule = granule
        self._supply = supply or Supply()
        self.erases = 0
        """Sectors erased so far: flash bears some 100,000 each."""
        self.programmed = 0
        """Bytes programmed so far."""

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, where: int | slice) -> int | bytearray:
        got = self._cells[where]
        return got if isinstance(got, int) else bytearray(got)

    def __setitem__(self, where: int | slice, value: int | bytes | bytearray) -> None:
        start, data = self._to_set(where, value)
        if not data:
            return
        blank = self._cells[start : start + len(data)] == b"\xff" * len(data)
        if blank and not self._erases_first:
            self._program(start, data)
        else:
            for first in range(start - start % self._sector, start + len(data), self._sector):
                self._rewrite(first, start, data)

    def _to_set(self, where: int | slice, value: int | bytes | bytearray) -> tuple[int, bytes]:
        if isinstance(where, slice):
            start, stop, step = where.indices(len(self._cells))
            if step != 1:
                raise NotImplementedError("only slices with step=1 (aka None) are supported")
            if isinstance(value, int) or len(value) != max(0, stop - start):
                raise ValueError("Slice and value different lengths.")
            return start, bytes(value)
        if not isinstance(value, int) or not 0 <= value <= 255:
            raise ValueError("Bytes must be between 0 and 255.")
        if not -len(self._cells) <= where < len(self._cells):
            raise IndexError("index out of range")
        return where % len(self._cells), bytes([value])

    def _rewrite(self, first: int, start: int, data: bytes) -> None:
        image = bytearray(self._cells[first : first + self._sector])
        low, high = max(first, start), min(first + self._sector, start + len(data))
        image[low - first : high - first] = data[low - start : high - start]
        self.erases += 1
        self._supply.change(self._cells, first, b"\xff" * self._sector)
        self._program(first, bytes(image))

    def _program(self, start: int, data: bytes) -> None:
        for low, high in self._granules(start, start + len(data)):
            piece = data[low - start : high - start]
            if piece != b"\xff" * len(piece):
                self.programmed += len(piece)
                self._supply.change(self._cells, low, piece)

    def _granules(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        while start < stop:
            end = min(stop, start - start % self._granule + self._granule)
            yield start, end
            start = end
