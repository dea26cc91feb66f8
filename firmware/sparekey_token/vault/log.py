"""One home: a header and the records appended after it, in a ``Memory``.

``generation`` begins, copies and looks at homes; ``replay`` reads one through.
"""

from . import record

STEP = 256
"""Bytes copied from home to home at a time."""

_PIECE = 64


class Log:
    """The log in one memory. ``OSError`` from the memory goes through all of this."""

    def __init__(self, memory, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        """``generation.opened`` makes one that knows what there is."""
        self.memory = memory
        self.size: int = memory.size
        self.secret = secret
        self.seq = 0
        """The generation's sequence number."""
        self.serial = 0
        """Serial numbers used when the generation began."""
        self.length = 0
        """Bytes of records that the generation began with, or was copied with."""
        self.valid = False
        """Whether there is a whole home here, made under this device secret."""
        self.foreign = False
        """Whether there is a whole one of another device secret or a later version."""
        self.wiping = False
        self.end = 0
        """Where the next record goes."""
        self.torn: int | None = None
        """Where the bytes of a torn write begin that end at ``end``, until a SKIP record says so."""

    def at(self, place: int) -> "tuple[int, bytes] | None":
        """``(type, payload)`` of the record at ``place``, or None where no whole one starts."""
        left = self.size - place
        if left < record.OVERHEAD:
            return None
        length = self.memory.read(place + 1, 1)[0]
        if length > record.LONGEST or length + record.OVERHEAD > left:
            return None
        return record.decode(self.seq, place, self.memory.read(place, length + record.OVERHEAD))

    def blank_from(self, place: int) -> bool:
        """Whether everything from ``place`` on is erased."""
        return self.used_until(place) == place

    def used_until(self, place: int) -> int:
        """The place after the last byte that isn't erased, ``place`` where there is none after it."""
        stop = self.size
        while stop > place:
            start = max(place, stop - _PIECE)
            piece = self.memory.read(start, stop - start)
            kept = len(piece.rstrip(b"\xff"))
            if kept:
                return start + kept
            stop = start
        return place

    def append(self, kind: int, payload: bytes) -> int:
        """Adds a record, its type byte last; returns its place. ``OSError`` where it can't be read back.

        The caller has seen to it that there is room, for a SKIP record too.
        """
        if self.torn is not None:
            self._put(record.SKIP, self.torn.to_bytes(2, "big"))
            self.torn = None
        return self._put(kind, payload)

    def _put(self, kind: int, payload: bytes) -> int:
        place = self.end
        data = record.encode(self.seq, place, kind, payload)
        self.end += len(data)
        try:
            if getattr(self.memory, "erases_first", False):
                self.memory.write(place, data)  # a cut spoils everything anyway, and each erase wears
            else:
                self.memory.write(place + 1, data[1:])
                self.memory.write(place, data[:1])
            if self.memory.read(place, len(data)) != data:
                raise OSError("the memory didn't keep what was written")
        except Exception:  # the medium's, or the heap's
            if self.torn is None:
                self.torn = place
            self.end = self.used_until(place)
            raise
        return place
