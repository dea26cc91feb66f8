"""One home: a header and the records appended after it, in a ``Memory``."""

from . import header, record

STEP = 256
"""Bytes copied at a time."""

_PIECE = 64

try:
    from collections.abc import Iterable, Iterator
except ImportError:
    pass


class Log:
    """The log in one memory. ``OSError`` from the memory goes through all of this."""

    def __init__(self, memory, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        self.memory = memory
        self.size: int = memory.size
        self._secret = secret
        self.end = header.SIZE
        """Where the next record goes."""
        self.torn: int | None = None
        """Where the bytes of a torn write begin that end at ``end``, until a SKIP record says so."""
        self.read_header()

    def read_header(self) -> None:
        """Looks what this home is (``state``, ``seq``, ``serial``, ``wiping``)."""
        found = header.decode(self._secret, self.memory.read(0, header.SIZE))
        self.state, self.seq, self.serial, self.wiping = found

    @property
    def valid(self) -> bool:
        """Whether there is a whole home here, made under this device secret."""
        return self.state == header.VALID

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
            start, self.torn = self.torn, None
            self.append(record.SKIP, start.to_bytes(2, "big"))
        place = self.end
        data = record.encode(self.seq, place, kind, payload)
        self.end += len(data)
        try:
            self.memory.write(place + 1, data[1:])
            self.memory.write(place, data[:1])
            if self.memory.read(place, len(data)) != data:
                raise OSError("the memory didn't keep what was written")
        except OSError:
            self.torn = place
            self.end = self.used_until(place)
            raise
        return place

    def begin(self, seq: int) -> None:
        """Erases this home and begins generation ``seq``, which ``commit`` will make valid."""
        self.state = header.ABSENT
        self.memory.erase()
        self.seq = seq
        self.wiping = False
        self.end = header.SIZE
        self.torn = None

    def commit(self, serial: int) -> None:
        """Writes the header: from now on this home is valid. ``OSError`` where it can't be read back."""
        self.memory.write(0, header.encode(self._secret, self.seq, serial))
        self.read_header()
        if not self.valid:
            raise OSError("the memory didn't keep its header")

    def fill(self, records: "Iterable[tuple[int, bytes]]") -> None:
        """Writes records into this home, which isn't valid yet, as much at a time as its pages like."""
        piece = b""
        for kind, payload in records:
            piece += record.encode(self.seq, self.end + len(piece), kind, payload)
            if len(piece) >= STEP:
                self._put(piece)
                piece = b""
        self._put(piece)

    def copy_from(self, other: "Log", step: int) -> None:
        """Makes this home what the other, valid one is, byte for byte, ``step`` bytes at a time."""
        self.begin(other.seq)
        for start in range(header.SIZE, other.end, step):
            self._put(other.memory.read(start, min(step, other.end - start)))
        self.torn = other.torn
        self.commit(other.serial)

    def _put(self, data: bytes) -> None:
        start = self.end
        self.end += len(data)
        if self.end > self.size:
            raise OSError("the memory is too small")
        self.memory.write(start, data)
        if self.memory.read(start, len(data)) != data:
            raise OSError("the memory didn't keep what was written")

    def mark_wiping(self) -> None:
        """Writes down that a wipe has begun, where this home is valid and doesn't say so yet."""
        if self.valid and not self.wiping:
            self.memory.write(header.WIPING, b"\x00")
            self.wiping = True


def scan(logs: "list[Log]") -> "Iterator[tuple[int, int, bytes]]":
    """The records of a log held by one home, or by two of the same generation, which mend each other.

    Gives ``(place, type, payload)``; a stretch that no home can read is ``(start, -1, b"")`` where it
    is damaged. The first log's ``end`` and ``torn`` are set.
    """
    first = logs[0]
    place = header.SIZE
    while True:
        found = None
        for log in logs:
            found = found or log.at(place)
        if found:
            yield place, found[0], found[1]
            place += record.OVERHEAD + len(found[1])
            continue
        if all([log.blank_from(place) for log in logs]):
            first.end = place
            return
        after = _next(logs, place)
        torn = all([log.memory.read(place, 1) == b"\xff" for log in logs])
        if after is None:
            first.end = max([log.used_until(place) for log in logs])
            if torn:
                first.torn = place
            else:
                yield place, -1, b""
            return
        if not (torn and _skips(logs, after, place)):
            yield place, -1, b""
        place = after


def _next(logs: "list[Log]", place: int) -> "int | None":
    """Where the next whole record after the unreadable bytes at ``place`` starts, None where none does."""
    stop = max([log.used_until(place) for log in logs])
    for later in range(place + 1, stop - record.OVERHEAD + 1):
        for log in logs:
            if log.memory.read(later, 1) != b"\xff" and log.at(later):
                return later
    return None


def _skips(logs: "list[Log]", place: int, start: int) -> bool:
    return any([log.at(place) == (record.SKIP, start.to_bytes(2, "big")) for log in logs])
