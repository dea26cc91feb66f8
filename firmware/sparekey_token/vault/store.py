"""The log and what it says, kept in step: what changes the one changes the other."""

from sparekey_token.core.errors import Refused

from .contents import Contents
from .homes import Homes

RESERVE = 96
"""Bytes that accounts leave to attempts and marks; compaction frees them again."""

RESERVE_ALONE = 800
"""The same where there is no second home to compact through."""


class Store:
    """Appending, compaction and wiping; a medium's ``OSError`` becomes ``Refused("fault")``."""

    def __init__(self, memory, second, secret: bytes) -> None:  # type: ignore[no-untyped-def]
        """Opens and mends; goes on with a wipe that was cut (``wiped``)."""
        self.homes = Homes(memory, second, secret)
        self.contents = Contents()
        self.wiped = False
        if self.homes.wiping:
            self.wiped = True
            self.homes.wipe()
        elif self.homes.valid:
            self.contents.replay(self.homes)

    @property
    def limit(self) -> int:
        """Bytes that header and live records may take when an account is added."""
        return self.homes.live_limit - (RESERVE if self.homes.second else RESERVE_ALONE)

    def live_size(self) -> int:
        """Bytes that header and live records take."""
        return self.contents.live_size(self.homes)

    def start(self) -> None:
        """Sees to it that there is a log; ``Refused("fault")`` where another's must not be touched."""
        if self.homes.foreign:
            raise Refused("fault", "the vault was made with another device secret")
        if not self.homes.valid:
            try:
                self.homes.start()
            except OSError:
                raise Refused("fault", "the vault's memory fails")

    def read(self, place: int) -> "tuple[int, bytes] | None":
        """The record at ``place``, None where it is damaged by now."""
        try:
            return self.homes.at(place)
        except OSError:
            raise Refused("fault", "the vault's memory fails")

    def make_room(self, size: int) -> None:
        """Compacts where ``size`` more bytes don't fit; ``Refused("vault_full")`` where that can't help."""
        if self.homes.room >= size:
            return
        if self.homes.second is not None:
            self.compact()
        if self.homes.room < size:
            raise Refused("vault_full")

    def append(self, kind: int, payload: bytes) -> None:
        """Adds a record (room has been made) and takes it in."""
        self.start()
        try:
            place = self.homes.append(kind, payload)
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        self.contents.take(place, kind, payload)

    def compact(self, key: bytes | None = None, without: int = -1) -> None:
        """Makes a new generation of what is live; ``key`` and ``without`` as in ``Contents.live``."""
        old = self.contents
        try:
            self.homes.compact(lambda: old.live(self.homes, key, without), old.serial)
            fresh = Contents()
            fresh.replay(self.homes)
        except OSError:
            raise Refused("fault", "the vault's second memory fails")
        self.contents = fresh

    def wipe(self) -> None:
        """Overwrites everything; a cut is gone on with at the next opening."""
        try:
            self.homes.wipe()
        except OSError:
            raise Refused("fault", "the vault's memory fails")
        self.contents = Contents()

    def serial(self) -> int:
        """A serial number never used before; ``Refused("vault_full")`` after 65,535 of them."""
        if self.contents.serial >= 0xFFFF:
            raise Refused("vault_full", "all serial numbers are used: wipe the token")
        return self.contents.serial + 1

    def read_kind(self, place: int, kind: int) -> bytes:
        """The payload at ``place``; ``Refused("fault")`` where no record of that type is there now."""
        found = self.read(place)
        if found is None or found[0] != kind:
            raise Refused("fault", "a record is damaged")
        return found[1]
