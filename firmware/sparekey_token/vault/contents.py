"""What the log says when it is read from its beginning: where each live record is, and the counters.

Keys and names stay on the medium; they are read there when they are needed, CRC and all.
"""

import struct

from . import cipher, header, record, settings

try:
    from collections.abc import Iterator

    from .homes import Homes
except ImportError:
    pass

MAX_TRIES = 8
"""The last wrong PIN attempt of so many in a row wipes."""

STANDING = (
    header.SIZE
    + (record.OVERHEAD + cipher.WRAPPED)
    + (record.OVERHEAD + 1)
    + (record.OVERHEAD + 4)
    + (record.OVERHEAD + settings.ENTRY * len(settings.NAMES))
)
"""Bytes that header, key, tries, interval and the settings of ``settings.NAMES`` take after a compaction."""


class Contents:
    """The state of a vault, but for what is encrypted."""

    def __init__(self) -> None:
        self.key: int | None = None
        """Place of the KEY record."""
        self.pin = False
        self.tries = 0
        """PIN attempts since the last right one."""
        self.accounts: dict[int, int] = {}
        """Place of an account's record by its index."""
        self.servers: dict[int, int] = {}
        """Place of a server's record by its number."""
        self.settings: dict[str, int] = {}
        self.interval = 0
        self.serial = 0
        """The highest serial number used: no two records are encrypted under the same."""
        self.damaged = 0
        self.mended = False
        """Some of it can be read in the second home alone."""
        self.leftovers = False
        """Something removed or replaced is still on the medium, until a compaction."""

    def replay(self, homes: "Homes", mending: bool = False) -> None:
        """Takes in the whole log; ``mending`` as in ``Homes.records``."""
        self.serial = homes.first.serial
        self.mended = mending
        for place, kind, payload in homes.records(mending):
            if kind < 0:
                self.damaged += 1
                # it may have been an attempt: damage must not give any back, nor wipe by itself
                self.tries = max(self.tries, min(self.tries + 1, MAX_TRIES - 1))
            else:
                self.take(place, kind, payload)
        if homes.first.torn is not None:
            self.serial += 1  # the torn write may have used one

    def take(self, place: int, kind: int, payload: bytes) -> None:
        """Takes in one record that is at ``place``."""
        if kind >= record.ACCOUNT:
            self.accounts[kind - record.ACCOUNT] = place
            self.serial = max(self.serial, struct.unpack(">H", payload[1:3])[0])
        elif kind == record.KEY:
            self.leftovers = self.leftovers or self.key is not None
            self.key = place
            self.tries = 0
            self.pin = cipher.has_pin(payload)
        elif kind == record.TRIES:
            self.tries = payload[0]
        elif kind == record.SERVER:
            self.servers[payload[0]] = place
            self.serial = max(self.serial, struct.unpack(">H", payload[41:43])[0])
        elif kind == record.REMOVED:
            self.leftovers = True
            self.accounts.pop(payload[0], None)
        elif kind == record.SETTINGS:
            self.settings.update(settings.decode(payload))
        elif kind == record.INTERVAL:
            self.interval = max(self.interval, struct.unpack(">I", payload)[0])

    def live(
        self, homes: "Homes", key: bytes | None = None, without: int = -1
    ) -> "Iterator[tuple[int, bytes]]":
        """``(type, payload)`` of what a compaction keeps: no removed account, no server without one.

        ``key`` stands in for the KEY record's payload; the account at index ``without`` is left out.
        """
        if key is not None:
            yield record.KEY, key
        elif self.key is not None:
            found = homes.at(self.key)
            if found:
                yield found
        if self.tries and key is None:
            yield record.TRIES, bytes((self.tries,))
        for payload in settings.encode(self.settings):
            yield record.SETTINGS, payload
        if self.interval:
            yield record.INTERVAL, struct.pack(">I", self.interval)
        for found in self._live_servers(homes, without):
            yield found
        for index in sorted(self.accounts):
            found = homes.at(self.accounts[index])
            if found and index != without:
                yield found

    def accounts_size(self, homes: "Homes") -> int:
        """Bytes that accounts and their servers take after a compaction."""
        size = 0
        for _, payload in self._live_servers(homes, -1):
            size += record.OVERHEAD + len(payload)
        for place in self.accounts.values():
            found = homes.at(place)
            if found:
                size += record.OVERHEAD + len(found[1])
        return size

    def _live_servers(self, homes: "Homes", without: int) -> "Iterator[tuple[int, bytes]]":
        numbers = set()
        for index in self.accounts:
            found = homes.at(self.accounts[index])
            if found and index != without:
                numbers.add(found[1][0] & 0x7F)
        for number in sorted(numbers):
            found = homes.at(self.servers[number]) if number in self.servers else None
            if found:
                yield found
