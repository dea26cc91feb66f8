"""The chip's watchdog: a timer of its own, which the firmware starts and feeds and can't stop.

It is the parent that looks at it, so that it bites whatever the firmware's process does, or doesn't.
"""

import struct
import time

# nanoseconds that it goes without food (0: it sleeps), and when it was fed by the monotonic clock
_LAYOUT = struct.Struct("<qq")
CELLS = _LAYOUT.size
"""Bytes of its state."""

MOST_SECONDS = 8.388
"""As an RP2040's: 24 bits of half microseconds (RP2040 datasheet §4.7, erratum E1)."""


class Watchdog:
    """The timer, in a buffer of ``CELLS`` bytes."""

    def __init__(self, cells: memoryview) -> None:
        """Looks at, and works in, ``cells``."""
        self._cells = cells

    def sleep(self) -> None:
        """What a reset of the chip does: nobody is watched until the firmware says so."""
        _LAYOUT.pack_into(self._cells, 0, 0, 0)

    def wake(self, seconds: float) -> None:
        """From now on it bites where it isn't fed for so long."""
        _LAYOUT.pack_into(self._cells, 0, int(seconds * 1e9), time.monotonic_ns())

    def feed(self) -> None:
        """Good dog."""
        struct.pack_into("<q", self._cells, 8, time.monotonic_ns())

    def seconds_left(self) -> float | None:
        """Until it bites, 0 and less when it does; None while it sleeps."""
        timeout, fed = _LAYOUT.unpack_from(self._cells)
        return (fed + timeout - time.monotonic_ns()) / 1e9 if timeout else None
