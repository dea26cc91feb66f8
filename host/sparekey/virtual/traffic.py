"""A record of what went over the I²C bus, in a ring that the parent process can read."""

import struct
import time
from typing import NamedTuple

WRITE, READ = 0, 1

CELLS = 256 * 1024
"""Bytes of the ring, its head included: some hundred redraws of the OLED."""

# bytes ever written to the ring
_HEAD = struct.Struct("<Q")
_START = _HEAD.size
_ROOM = CELLS - _START
# an entry: time in monotonic nanoseconds, address, direction, acknowledged, length
_ENTRY = struct.Struct("<QBBBH")


class Transaction(NamedTuple):
    """One transaction, from start to stop."""

    nanoseconds: int
    """When, on the monotonic clock."""
    address: int
    reads: bool
    acknowledged: bool
    data: bytes


class Recorder:
    """Writes transactions to the ring."""

    def __init__(self, cells: memoryview) -> None:
        """Goes on in ``cells``, a buffer of ``CELLS`` bytes."""
        self._cells = cells

    def record(
        self, address: int, direction: int, data: bytes, acknowledged: bool, moment: int | None = None
    ) -> None:
        """Writes one transaction, of just now or of that moment; the oldest are written over."""
        moment = time.monotonic_ns() if moment is None else moment
        entry = _ENTRY.pack(moment, address, direction, acknowledged, len(data)) + data
        (head,) = _HEAD.unpack_from(self._cells)
        at = head % _ROOM
        first = entry[: _ROOM - at]
        self._cells[_START + at : _START + at + len(first)] = first
        rest = entry[len(first) :]
        self._cells[_START : _START + len(rest)] = rest
        _HEAD.pack_into(self._cells, 0, head + len(entry))


class Reader:
    """Reads what was recorded since it was made, or since it last read."""

    def __init__(self, cells: memoryview) -> None:
        """Begins at the end of what is there now."""
        self._cells = cells
        self.rewind()

    def rewind(self) -> None:
        """Forgets what has been recorded so far."""
        (self._at,) = _HEAD.unpack_from(self._cells)

    def transactions(self) -> list[Transaction]:
        """What was recorded since, oldest first. ``OverflowError`` where the ring has run over."""
        (head,) = _HEAD.unpack_from(self._cells)
        if head - self._at > _ROOM:
            self._at = head
            raise OverflowError("more traffic than the ring holds; read more often")
        out = []
        while self._at < head:
            fields = _ENTRY.unpack(self._bytes(self._at, _ENTRY.size))
            when, address, direction, acknowledged, length = fields
            data = self._bytes(self._at + _ENTRY.size, length)
            out.append(Transaction(when, address, direction == READ, bool(acknowledged), data))
            self._at += _ENTRY.size + length
        return out

    def _bytes(self, at: int, length: int) -> bytes:
        at %= _ROOM
        first = bytes(self._cells[_START + at : _START + min(at + length, _ROOM)])
        return first + bytes(self._cells[_START : _START + length - len(first)])
