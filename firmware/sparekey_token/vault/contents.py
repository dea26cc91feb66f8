"""What the log says when it is read from its beginning: where each live record is, and the counters.

Keys and names stay on the medium; they are read there when they are needed, CRC and all.
"""

import struct

from . import header, record

try:
    from collections.abc import Iterator

    from .homes import Homes
except ImportError:
    pass

MAX_TRIES = 8


class Contents:
    """The state of a vault, but for what is encrypted."""

    def __init__(self) -> None:
        self.key: int | None = None
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

    def replay(self, homes: "Homes") -> None:
        """Takes in the whole log."""
        self.serial = homes.first.serial
        for place, kind, payload in homes.records():
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
            self.key = place
        elif kind == record.TRIES:
            self.tries = payload[0]
        elif kind == record.SERVER:
            self.servers[payload[0]] = place
            self.serial = max(self.serial, struct.unpack(">H", payload[41:43])[0])
        elif kind == record.REMOVED:
            self.accounts.pop(payload[0], None)
        elif kind == record.SETTING:
            self.settings[payload[4:].decode("utf-8")] = struct.unpack(">i", payload[:4])[0]
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
        for name in sorted(self.settings):
            yield record.SETTING, setting(name, self.settings[name])
        if self.interval:
            yield record.INTERVAL, struct.pack(">I", self.interval)
        kept = [index for index in sorted(self.accounts) if index != without]
        numbers = set()
        for index in kept:
            found = homes.at(self.accounts[index])
            if found:
                numbers.add(found[1][0] & 0x7F)
        for number in sorted(numbers):
            found = homes.at(self.servers[number]) if number in self.servers else None
            if found:
                yield found
        for index in kept:
            found = homes.at(self.accounts[index])
            if found:
                yield found

    def live_size(self, homes: "Homes") -> int:
        """Bytes that a home takes after a compaction, its header included."""
        size = header.SIZE
        for _, payload in self.live(homes):
            size += record.OVERHEAD + len(payload)
        return size


def setting(name: str, value: int) -> bytes:
    """The payload of a SETTING record; ``ValueError`` for a value of more than 32 bits."""
    if not -(1 << 31) <= value < 1 << 31:
        raise ValueError("a setting has 32 bits")
    return struct.pack(">i", value) + name.encode("utf-8")
