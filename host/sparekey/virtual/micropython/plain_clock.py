"""A clock that reads the DS3231's cells in the file ``rtc`` (their layout: ``chips/ds3231.py``)."""

import struct
import time

from sparekey_token.parts import ClockLost

_LAYOUT = "<qqBBBB12s"
_OFFSET, _SEEN, _STATUS = 0, 17, 28
_OSF = 0x80
_EPOCH = 946_684_800  # 2000-01-01, where the chip counts from


class Clock:
    """Unix seconds from the chip's cells."""

    def __init__(self, state: str) -> None:
        self._file = open(state + "/rtc", "r+b")
        self._cells = bytearray(32)

    def read(self) -> int:
        """Unix seconds; ``ClockLost`` where the battery was out."""
        offset, shifted, lost, seen = self._fields()
        if lost != seen or self._cells[_STATUS] & _OSF:
            raise ClockLost("the oscillator stopped")
        return _EPOCH + (_nanoseconds() + offset + shifted) // 1_000_000_000

    def set(self, unix: int) -> None:
        """Sets the time and clears the mark of lost power."""
        _, shifted, lost, _ = self._fields()
        struct.pack_into(
            "<q", self._cells, _OFFSET, (unix - _EPOCH) * 1_000_000_000 - _nanoseconds() - shifted
        )
        self._put(_OFFSET, 8)
        self._cells[_STATUS] &= ~_OSF & 0xFF
        self._put(_STATUS, 1)
        self._cells[_SEEN] = lost
        self._put(_SEEN, 1)

    def _fields(self) -> "tuple[int, int, int, int]":
        self._file.seek(0)
        self._file.readinto(self._cells)
        return struct.unpack(_LAYOUT, self._cells)[:4]

    def _put(self, start: int, length: int) -> None:
        self._file.seek(start)
        self._file.write(self._cells[start : start + length])


def _nanoseconds() -> int:
    return time.ticks_us() * 1000  # type: ignore[attr-defined,no-any-return]
