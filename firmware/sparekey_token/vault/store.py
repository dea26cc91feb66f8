"""The log and what it says, kept in step: what changes the one changes the other.

What is seldom done (opening, compaction, a wipe) is imported when it is done, to spare the heap.
"""

from sparekey_token.core.errors import Refused

from .contents import Contents


class Store:
    """Appending and reading; a medium's ``OSError`` becomes ``Refused("fault")``."""

    def __init__(self, memory, second, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        """Opens and mends; goes on with a wipe that was cut (``wiped``). ``OSError`` from ``memory``."""
        from . import generation, opening

        self.homes = opening.homes(memory, second, secret)
        self.contents = Contents()
        self.lost = 1 if self.homes.unreadable or self.homes.foreign else 0
        """Damaged records that a compaction has left behind."""
        self.wiped = self.homes.wiping
        if self.wiped:
            generation.wipe(self.homes)
        elif self.homes.valid:
            opening.read(self)

    def start(self) -> None:
        """Sees to it that there is a log that can be added to.

        ``Refused("fault")`` where another's must not be touched, or the next opening is to go on with
        what a fault has stopped.
        """
        if self.homes.foreign:
            raise Refused("fault", "the vault was made with another device secret")
        if self.homes.behind or self.homes.wiping:
            raise Refused("fault", "the vault's memory fails")
        if not self.homes.valid:
            from . import generation

            try:
                generation.begin_first(self.homes)
            except OSError:
                raise Refused("fault", "the vault's memory fails")

    def read(self, place: int, kind: int) -> bytes | None:
        """The payload of the record of that type at ``place``; None where it is damaged by now."""
        try:
            found = self.homes.at(place)
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        return found[1] if found and found[0] == kind else None

    def make_room(self, size: int, full: str = "fault") -> None:
        """Compacts where ``size`` more bytes don't fit; ``Refused(full)`` where that can't help."""
        self.start()
        if self.homes.room >= size:
            return
        if self.homes.second is not None:
            from . import compaction

            compaction.compact(self)
        if self.homes.room < size:
            raise Refused(full, "the log is full, and has no second memory")

    def append(self, kind: int, payload: bytes) -> None:
        """Adds a record, for which room has been made, and takes it in."""
        try:
            place = self.homes.append(kind, payload)
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        self.contents.take(place, kind, payload)

    def wipe(self) -> None:
        """Overwrites everything; a cut is gone on with at the next opening."""
        from . import generation

        first = self.homes.first
        seq = first.seq
        try:
            generation.wipe(self.homes)
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        finally:
            if not first.valid or first.seq != seq:  # though its end may have failed
                self.contents = Contents()
                self.lost = 0

    def serial(self) -> int:
        """A serial number never used before; ``Refused("vault_full")`` after 65,535 of them.

        It counts as used from now on, whether its record comes onto the medium or not.
        """
        if self.contents.serial >= 0xFFFF:
            raise Refused("vault_full", "all serial numbers are used: wipe the token")
        self.contents.serial += 1
        return self.contents.serial
