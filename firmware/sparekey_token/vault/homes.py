"""The log's two homes: which one is read, what is mended, and compaction through the second.

The first home (the chip's nvm) always holds the log. The second (EEPROM or file) is where a compaction
goes before the first is erased, and stays there as a copy. Sequence numbers tell which is newer; a home
counts only once its header, written last, is whole. With no second home nothing is ever erased but by a
wipe, and a log without room is full. A first home that erases before each change (ESP32) may lose
everything in any write, so every record then goes to both homes, one after the other ("mirrored").
"""

from . import header, record
from .log import STEP, Log, scan

try:
    from collections.abc import Iterable, Iterator
except ImportError:
    pass


class Homes:
    """One log in one or two memories. ``OSError`` where a memory fails that it can't do without."""

    def __init__(self, memory, second, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        """Chooses the home to read and brings the first one up to date."""
        erases_first = bool(getattr(memory, "erases_first", False))
        self._step: int = memory.size if erases_first else STEP
        self.first = Log(memory, secret)
        self.second: Log | None = None
        self.faults = 0
        """Times that the second home didn't do what it should."""
        if second is not None:
            try:
                self.second = Log(second, secret)
            except OSError:
                self.faults += 1
        self.mirrored = erases_first and self.second is not None
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
            if not second.wiping:
                if not first.valid:
                    self._save_the_tail(second)
                first.copy_from(second, self._step)
        elif first.valid:
            if self.twins and self.mirrored:
                self._bring_in_step()
            elif not self.twins and second is not None and second.state != header.FOREIGN:
                self._refresh(second)
        elif not first.blank_from(0):
            # a wipe's last erase that was cut, or everything is lost anyway
            self.unreadable = not first.blank_from(header.SIZE)
            first.memory.erase()

    def _save_the_tail(self, second: Log) -> None:
        """Where the first home has lost no more than its header, what the second lacks is put there."""
        first = self.first
        first.seq = second.seq
        for place, kind, payload in scan([first]):
            if kind >= 0 and place >= second.end:
                second.end = place
                second.torn = None
                second.append(kind, payload)

    def _refresh(self, second: Log) -> None:
        """An older generation in the second home goes for good."""
        try:
            if self.mirrored and not self.wiping:
                for _ in scan([self.first]):
                    pass
                second.copy_from(self.first, STEP)
            elif not second.blank_from(0):
                second.begin(0)
        except OSError:
            self.faults += 1

    def _bring_in_step(self) -> None:
        """Mirrored homes that a cut has put out of step: the whole one is copied over the other."""
        assert self.second is not None
        first, second = _whole_until(self.first), _whole_until(self.second)
        if first == second and self._alike(first):
            return
        if first and first >= second:
            self._refresh(self.second)
        elif second:
            self.first.copy_from(self.second, self._step)

    def _alike(self, end: int) -> bool:
        assert self.second is not None
        for start in range(header.SIZE, end, STEP):
            length = min(STEP, end - start)
            if self.first.memory.read(start, length) != self.second.memory.read(start, length):
                return False
        return True

    @property
    def twins(self) -> bool:
        """Whether both homes are of the same generation, so that the second can mend the first."""
        second = self.second
        return second is not None and second.valid and second.seq == self.first.seq

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

    def records(self, mending: bool = False) -> "Iterator[tuple[int, int, bytes]]":
        """The log as ``log.scan`` gives it; ``mending``: what the first home can't read, its twin may."""
        logs = [self.first]
        if mending and self.twins:
            assert self.second is not None
            logs.append(self.second)
        return scan(logs)

    def at(self, place: int) -> "tuple[int, bytes] | None":
        """The record at ``place``, from whichever home can read it."""
        found = self.first.at(place)
        if found is None and self.twins:
            assert self.second is not None
            found = self.second.at(place)
        return found

    def append(self, kind: int, payload: bytes) -> int:
        """Adds a record to the log; returns its place. ``OSError``: it may or may not be there."""
        torn = self.first.torn
        place = self.first.append(kind, payload)
        if self.mirrored and self.second is not None:
            try:
                if torn is not None or not self.twins:
                    raise OSError("out of step")
                self.second.end = place
                self.second.append(kind, payload)
            except OSError:
                self.faults += 1
                self._refresh(self.second)
        return place

    def start(self) -> None:
        """Begins the first generation in the first home."""
        self.first.begin(1)
        self.first.commit(0)
        if self.mirrored and self.second is not None:
            self._refresh(self.second)

    def compact(self, records: "Iterable[tuple[int, bytes]]", serial: int) -> None:
        """Makes ``records`` the whole log: in the second home first, then in the first.

        ``OSError`` where the second home fails, which leaves the log as it was. Needs a second home.
        """
        second = self.second
        if second is None:
            raise OSError("compaction needs a second home")
        second.begin(max(self.first.seq, second.seq) + 1)
        second.fill(records)
        second.commit(serial)
        self.first.copy_from(second, self._step)

    def wipe(self) -> None:
        """Overwrites both homes; the first then holds a new generation without records.

        Where the power is cut, ``wiping`` is true at the next opening and this is to be called again.
        A second home of an old generation that turns up later counts for nothing.
        """
        first, second = self.first, self.second
        first.mark_wiping()
        seq = first.seq
        if second is not None:
            try:
                second.mark_wiping()
                seq = max(seq, second.seq)
                second.begin(seq + 1)
                second.commit(0)
                # while the first home is being erased, this one says what is under way
                second.mark_wiping()
            except OSError:
                self.faults += 1
        first.begin(seq + 2)
        first.commit(0)
        self.foreign = False
        if second is not None:
            self._refresh(second)


def _whole_until(log: Log) -> int:
    """The end of a log without damaged or torn bytes, 0 for another."""
    for _, kind, _ in scan([log]):
        if kind < 0:
            return 0
    return 0 if log.torn is not None else log.end
