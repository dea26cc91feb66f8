"""The log and what it says, kept in step: what changes the one changes the other."""

from sparekey_token.core.errors import Refused

from . import record
from .contents import STANDING, Contents
from .homes import Homes

SLACK = 32
"""Bytes beside what always stands that accounts leave to attempts and marks; compaction frees them."""

SLACK_ALONE = 800
"""The same where there is no second home to compact through."""


class Store:
    """Appending, compaction and wiping; a medium's ``OSError`` becomes ``Refused("fault")``."""

    def __init__(self, memory, second, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        """Opens and mends; goes on with a wipe that was cut (``wiped``). ``OSError`` from ``memory``."""
        self.homes = Homes(memory, second, secret)
        self.contents = Contents()
        self.lost = 1 if self.homes.unreadable or self.homes.foreign else 0
        """Damaged records that a compaction has left behind."""
        self.wiped = self.homes.wiping
        if self.wiped:
            self.homes.wipe()
        elif self.homes.valid:
            self.contents.replay(self.homes)
            self._tidy()

    def _tidy(self) -> None:
        """Compacts where that brings back what the second home alone can read, or rids it of leftovers."""
        if self.homes.second is None:
            return
        if self.contents.damaged and self.homes.twins:
            both = Contents()
            both.replay(self.homes, mending=True)
            if both.damaged < self.contents.damaged:
                self.contents = both
        if self.contents.mended or (self.contents.leftovers and not self.contents.damaged):
            try:
                self.compact()
            except Refused:
                pass  # the second home fails: what the first one holds will do

    @property
    def room_for_accounts(self) -> int:
        """Bytes left for accounts and servers, after a compaction."""
        slack = SLACK if self.homes.second else SLACK_ALONE
        return self.homes.live_limit - STANDING - slack - self.contents.accounts_size(self.homes)

    def start(self) -> None:
        """Sees to it that there is a log; ``Refused("fault")`` where another's must not be touched."""
        if self.homes.foreign:
            raise Refused("fault", "the vault was made with another device secret")
        if not self.homes.valid:
            try:
                self.homes.start()
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
            self.compact()
        if self.homes.room < size:
            raise Refused(full, "the log is full, and has no second memory")

    def append(self, kind: int, payload: bytes) -> None:
        """Adds a record, for which room has been made, and takes it in."""
        try:
            place = self.homes.append(kind, payload)
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        self.contents.take(place, kind, payload)

    def compact(self, key: bytes | None = None, without: int = -1) -> None:
        """Makes a new generation of what is live; ``key`` and ``without`` as in ``Contents.live``."""
        old = self.contents
        live = old.live(self.homes, key, without)
        if old.mended:
            live = iter(list(live))  # the second home is erased first
        fresh = Contents()
        try:
            self.homes.compact(live, old.serial)
            fresh.replay(self.homes)
        except OSError:
            raise Refused("fault", "the vault's second memory fails")
        self.lost += old.damaged + len(old.accounts) - len(fresh.accounts) - (without in old.accounts)
        self.contents = fresh

    def replace_key(self, wrapped: bytes) -> None:
        """Puts another KEY record in the old one's place; with a second home the old one is gone then."""
        if self.homes.second is not None:
            self.compact(key=wrapped)
        else:
            self.make_room(record.OVERHEAD + len(wrapped))
            self.append(record.KEY, wrapped)

    def remove(self, index: int) -> None:
        """Removes an account; with a second home its record is gone then."""
        if self.homes.second is not None:
            self.compact(without=index)
        else:
            self.make_room(record.OVERHEAD + 1)
            self.append(record.REMOVED, bytes((index,)))

    def wipe(self) -> None:
        """Overwrites everything; a cut is gone on with at the next opening."""
        try:
            self.homes.wipe()
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        self.contents = Contents()
        self.lost = 0

    def serial(self) -> int:
        """A serial number never used before; ``Refused("vault_full")`` after 65,535 of them."""
        if self.contents.serial >= 0xFFFF:
            raise Refused("vault_full", "all serial numbers are used: wipe the token")
        return self.contents.serial + 1
