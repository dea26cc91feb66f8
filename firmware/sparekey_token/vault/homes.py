"""The log's two homes: which one is read, what is mended, and compaction through the second.

The first home (the chip's nvm) always holds the log. The second (EEPROM or file) is where a compaction
goes before the first is erased, and stays there as a copy. Sequence numbers tell which is newer; a home
counts only once its header, written last, is whole. With no second home nothing is ever erased but by a
wipe, and a log without room is full. A first home that erases before each change (ESP32) may lose
everything in any write, so every record then goes to both homes, one after the other ("mirrored").
"""

from . import header, record
from .log import Log, scan

_STEP = 256

try:
    from collections.abc import Callable, Iterable, Iterator
except ImportError:
    pass


class Homes:
    """One log in one or two memories."""

    def __init__(self, memory, second, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        """Chooses the home to read and brings the first home up to date; ``OSError`` from the first."""
        self._secret = secret
        self.first = Log(memory, secret)
        self.second: Log | None = None
        self.faults = 0
        """Times that the second home didn't do what it should."""
        if second is not None:
            try:
                self.second = Log(second, secret)
            except OSError:
                self.faults += 1
        self.mirrored = bool(getattr(memory, "erases_first", False)) and self.second is not None
        self._step = memory.size if getattr(memory, "erases_first", False) else _STEP
        self.foreign = self.first.state == header.FOREIGN
        """The first home is whole, but of another device secret or a later version."""
        self.unreadable = False
        """Something was there, and no home could be read."""
        if not self.foreign:
            self._choose()

    def _choose(self) -> None:
        first, second = self.first, self.second
        if second is not None and second.valid and not (first.valid and first.seq >= second.seq):
            for _ in scan([second]):  # finds its end
                pass
            if second.wiping:
                return
            first.copy_from(second, self._step)
        elif first.valid:
            if second is not None and not self._twins and second.state != header.FOREIGN:
                self._erase_second()
        elif not self.first.blank_from(0):
            # a wipe's last erase that was cut; or everything is lost anyway
            self.unreadable = True
            first.memory.erase()

    @property
    def _twins(self) -> bool:
        second = self.second
        return second is not None and second.valid and second.seq == self.first.seq

    def _erase_second(self) -> None:
        """What an older generation left there is gone for good."""
        assert self.second is not None
        try:
            if not self.second.blank_from(0):
                self.second.memory.erase()
                self.second.read_header()
        except OSError:
            self.faults += 1

    @property
    def valid(self) -> bool:
        """Whether there is a log at all."""
        return self.first.valid

    @property
    def wiping(self) -> bool:
        """Whether a home says that a wipe has begun."""
        second = self.second
        if second is not None and second.valid and second.wiping:
            return not self.first.valid or second.seq >= self.first.seq
        return self.first.valid and self.first.wiping

    @property
    def live_limit(self) -> int:
        """Bytes that header and live records may take: what both homes can hold."""
        return self.first.size if self.second is None else min(self.first.size, self.second.size)

    @property
    def room(self) -> int:
        """Bytes left to append in, one SKIP record kept free."""
        limit = self.live_limit if self.mirrored else self.first.size
        return limit - self.first.end - record.OVERHEAD - 2

    def records(self) -> "Iterator[tuple[int, int, bytes]]":
        """The log's records as ``log.scan`` gives them; a damaged one comes from the twin where it can."""
        logs = [self.first]
        if self._twins:
            assert self.second is not None
            logs.append(self.second)
        if not self.mirrored and len(logs) == 2:
            return self._mending(logs)
        return scan(logs)

    def _mending(self, logs: "list[Log]") -> "Iterator[tuple[int, int, bytes]]":
        """Without mirroring the second home lags: it is asked only about what the first can't read."""
        damaged = False
        for _, kind, _ in scan(logs[:1]):
            damaged = damaged or kind < 0
        return scan(logs if damaged else logs[:1])

    def at(self, place: int) -> "tuple[int, bytes] | None":
        """The record at ``place``, from whichever home can read it."""
        found = self.first.at(place)
        if found is None and self._twins:
            assert self.second is not None
            found = self.second.at(place)
        return found

    def append(self, kind: int, payload: bytes) -> int:
        """Adds a record to the log; returns its place. ``OSError``: it may or may not be there."""
        place = self.first.append(kind, payload)
        if self.mirrored and self.second is not None:
            try:
                self.second.end = place
                self.second.torn = None
                self.second.append(kind, payload)
            except OSError:
                self.faults += 1
        return place

    def start(self) -> None:
        """Begins the first generation in the first home, which is blank."""
        self.first.begin(1)
        self.first.commit(0)
        if self.mirrored and self.second is not None:
            self.second.copy_from(self.first, _STEP)

    def compact(self, records: "Callable[[], Iterable[tuple[int, bytes]]]", serial: int) -> None:
        """Makes ``records`` the whole log: in the second home first, then in the first.

        ``OSError`` where the second home fails, which leaves the log as it was. Needs a second home.
        """
        second = self.second
        if second is None:
            raise OSError("compaction needs a second home")
        second.begin(max(self.first.seq, second.seq) + 1)
        for kind, payload in records():
            second.append(kind, payload)
        second.commit(serial)
        self.first.copy_from(second, self._step)

    def wipe(self) -> None:
        """Overwrites both homes; the first then holds a new generation without records.

        Where the power is cut, ``wiping`` is true at the next opening and this is to be called again.
        """
        first, second = self.first, self.second
        first.mark_wiping()
        seq = first.seq
        if second is not None:
            try:
                second.mark_wiping()
                seq = max(seq, second.seq)
                second.begin(seq + 1)
                # while the first home is being erased, this one says what is under way
                second.memory.write(0, header.encode(self._secret, seq + 1, 0))
                second.read_header()
                second.mark_wiping()
            except OSError:
                self.faults += 1
        first.begin(seq + 2)
        first.commit(0)
        if second is not None:
            try:
                second.begin(first.seq)
                second.read_header()
            except OSError:
                self.faults += 1
