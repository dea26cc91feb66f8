"""An AT24C32 EEPROM (Atmel, rev 0336K): 4,096 bytes, pages of 32, deaf during its write cycle."""

import time
from collections.abc import Callable

from . import NoAnswer
from .supply import Supply

CELLS = 4096
"""Bytes of the chip's state: its memory, all 0xFF when new."""

PAGE = 32

WRITE_CYCLE = 5_000_000
"""Nanoseconds of a write cycle (datasheet: at most 10 ms)."""


class AT24C32:
    """The EEPROM, in a buffer of ``CELLS`` bytes."""

    def __init__(
        self,
        cells: memoryview,
        *,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        write_cycle: int = WRITE_CYCLE,
        supply: Supply | None = None,
    ) -> None:
        """``write_cycle`` in nanoseconds; a cut of ``supply`` strikes a page in the middle of its cycle."""
        self._cells = cells
        self._monotonic_ns = monotonic_ns
        self._write_cycle = write_cycle
        self._supply = supply or Supply()
        self._pointer = 0
        self._busy_until: int | None = None
        self.write_cycles = [0] * (CELLS // PAGE)
        """Write cycles of each page so far: it bears a million."""

    def write(self, data: bytes) -> None:
        """Two address bytes (the upper four bits are ignored), then bytes that wrap within their page."""
        self._acknowledge()
        if len(data) < 2:
            return
        self._pointer = (data[0] << 8 | data[1]) % CELLS
        if len(data) > 2:
            self._program(data[2:])

    def read(self, length: int) -> bytes:
        """Bytes from the pointer on; it wraps at the memory's end."""
        self._acknowledge()
        out = bytearray()
        for _ in range(length):
            out.append(self._cells[self._pointer])
            self._pointer = (self._pointer + 1) % CELLS
        return bytes(out)

    def _acknowledge(self) -> None:
        if self._busy_until is not None:
            if self._monotonic_ns() < self._busy_until:
                raise NoAnswer
            self._busy_until = None

    def _program(self, data: bytes) -> None:
        page = self._pointer - self._pointer % PAGE
        image = bytearray(self._cells[page : page + PAGE])
        for value in data:
            image[self._pointer - page] = value
            self._pointer = page + (self._pointer + 1) % PAGE
        self.write_cycles[page // PAGE] += 1
        self._supply.change(self._cells, page, bytes(image))
        if self._write_cycle:
            self._busy_until = self._monotonic_ns() + self._write_cycle
