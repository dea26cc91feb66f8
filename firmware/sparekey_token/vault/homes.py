"""The log's two homes, as they are used: appending to one or both, reading from whichever can.

The first home (the chip's nvm) always holds the log. The second (EEPROM or file) is where a compaction
goes before the first is erased, and stays there as a copy. Sequence numbers tell which is newer; a home
counts only once its header, written last, is whole, and a newer second one only with all that it began
with. With no second home nothing is ever erased but by a
wipe, and a log without room is full. A first home that erases before each change (ESP32, nRF) may lose
everything in any write, so every record then goes to both homes, one after the other ("mirrored").

``opening`` chooses and mends at power-up, ``generation`` and ``compaction`` make new generations.
"""

from . import record
from .log import STEP

try:
    from .log import Log
except ImportError:
    pass


class Homes:
    """One log in one or two memories. ``OSError`` where a memory fails that it can't do without."""

    def __init__(self, first: "Log", second: "Log | None", erases_first: bool) -> None:
        """``opening.homes`` makes one; ``erases_first``: each change of the first home erases it."""
        self.first = first
        self.second = second
        self.step = 2 * STEP if erases_first else STEP
        """Bytes copied into the first home at a time: fewer erases want more heap in one piece."""
        self.mirrored = erases_first and second is not None
        self.faults = 0
        """Times that the second home didn't do what it should."""
        self.foreign = first.foreign
        """The first home is whole, but of another device secret or a later version."""
        self.unreadable = False
        """Something was there, and no home could be read."""

    @property
    def twins(self) -> bool:
        """Whether both homes are of the same generation, so that the second can mend the first."""
        second = self.second
        return second is not None and second.valid and second.seq == self.first.seq

    @property
    def behind(self) -> bool:
        """Whether the second home would win at an opening: what makes generations has stopped in between."""
        second = self.second
        return second is not None and second.valid and not (self.first.valid and self.first.seq >= second.seq)

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

    def logs(self, mending: bool = False) -> "list[Log]":
        """The homes to read the log from: with ``mending`` the second, too, where it is a twin."""
        if mending and self.twins:
            assert self.second is not None
            return [self.first, self.second]
        return [self.first]

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
            except (OSError, MemoryError):
                self.faults += 1
                self.second.valid = False  # until it is copied anew, now or with the next record
                try:
                    from .generation import refresh

                    refresh(self)
                except MemoryError:
                    pass
        return place
