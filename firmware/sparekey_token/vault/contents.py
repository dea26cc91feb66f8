"""What the log says when it is read from its beginning: where each live record is, and the counters.

Keys and names stay on the medium; they are read there when they are needed, CRC and all.
"""

import struct

from . import record

MAX_TRIES = 8
"""The last wrong PIN attempt of so many in a row wipes."""


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

    def take(self, place: int, kind: int, payload: bytes) -> None:
        """Takes in one record that is at ``place``."""
        if kind >= record.ACCOUNT:
            self.accounts[kind - record.ACCOUNT] = place
            self.serial = max(self.serial, struct.unpack(">H", payload[1:3])[0])
        elif kind == record.KEY:
            self.leftovers = self.leftovers or self.key is not None
            self.key = place
            self.tries = 0
            self.pin = payload[0] & record.HAS_PIN != 0
        elif kind == record.TRIES:
            self.tries = payload[0]
        elif kind == record.SERVER:
            self.servers[payload[0]] = place
            self.serial = max(self.serial, struct.unpack(">H", payload[41:43])[0])
        elif kind == record.REMOVED:
            self.leftovers = True
            self.accounts.pop(payload[0], None)
        elif kind == record.SETTINGS:
            from . import settings

            self.settings.update(settings.decode(payload))
        elif kind == record.INTERVAL:
            self.interval = max(self.interval, struct.unpack(">I", payload)[0])
