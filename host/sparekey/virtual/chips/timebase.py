"""What all clock chips here have in common: time is the computer's monotonic clock plus an offset.

So it runs on while the power is off. A chip's state begins with these fields; times are nanoseconds.
The calendar counts seconds since ``FIRST``; registers hold two digits each, hours as clock or AM/PM.
"""

import struct
from datetime import UTC, datetime, timedelta

HEAD = "<qqBB"
"""Offset and shift against the monotonic clock, times that the chip's power was lost (counted by the
parent), and how many of them the chip has noticed."""

FIRST = datetime(2000, 1, 1, tzinfo=UTC)

_LOST = 16
_PM = 0x20


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


def hour_register(hour: int, twelve: bool) -> int:
    """An hour (0 to 23) as the hours register has it; ``twelve``: 1 to 12, and a bit for PM."""
    return (_PM if hour >= 12 else 0) | bcd((hour + 11) % 12 + 1) if twelve else bcd(hour)


def hour_in(register: int, twelve: bool) -> int:
    """The hour (0 to 23) that an hours register stands for."""
    if twelve:
        return from_bcd(register & 0x1F) % 12 + (12 if register & _PM else 0)
    return from_bcd(register & 0x3F)


def seconds_at(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    """Seconds from ``FIRST`` to a date and time.

    An impossible date (31 February) is undefined in the datasheets: here it runs over.
    """
    months = max(month, 1) - 1
    start = datetime(year + months // 12, months % 12 + 1, 1, tzinfo=UTC)
    wanted = start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    return int((wanted - FIRST).total_seconds())
