"""What all clock chips here have in common: time is the computer's monotonic clock plus an offset.

So it runs on while the power is off. A chip's state begins with these fields; times are nanoseconds.
"""

import struct

HEAD = "<qqBB"
"""Offset and shift against the monotonic clock, times that the chip's power was lost (counted by the
parent), and how many of them the chip has noticed."""

_LOST = 16


def shift(cells: memoryview, nanoseconds: int) -> None:
    """Moves the clock (the control address's ``/clock``), as if the crystal had been that wrong."""
    struct.pack_into("<q", cells, 8, struct.unpack_from("<q", cells, 8)[0] + nanoseconds)


def first_power(cells: memoryview) -> None:
    """A chip fresh from its maker has its time lost; one that has had power is left alone."""
    if not cells[_LOST]:
        lose_battery(cells)


def lose_battery(cells: memoryview) -> None:
    """Power and battery were gone: the chip starts anew at its next use, its oscillator-stop flag set."""
    cells[_LOST] = cells[_LOST] % 255 + 1


def notice_loss(cells: memoryview) -> None:
    """The chip has started anew."""
    cells[_LOST + 1] = cells[_LOST]


def bcd(number: int) -> int:
    """Two digits as a register has them."""
    return number // 10 << 4 | number % 10


def from_bcd(value: int) -> int:
    """The number in two digits."""
    return (value >> 4) * 10 + (value & 0x0F)
