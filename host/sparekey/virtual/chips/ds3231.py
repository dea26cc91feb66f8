"""A DS3231 real-time clock (Maxim DS3231, rev 10) with its battery.

Alarms are stored and don't ring; the pins INT#/SQW and 32kHz lead nowhere.
"""

import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from . import timebase
from .timebase import FIRST, bcd, from_bcd, hour_in, hour_register, seconds_at

CELLS = 64
"""Bytes of the chip's state: ``_LAYOUT``."""

# the time base's fields, 12-hour bit, day of the week on day 0, registers 07h–12h
_LAYOUT = struct.Struct(timebase.HEAD + "BB12s")

SECONDS, DAY, MONTH, ALARMS, CONTROL, STATUS, AGING, TEMPERATURE = (
    0x00,
    0x03,
    0x05,
    0x07,
    0x0E,
    0x0F,
    0x10,
    0x11,
)
_REGISTERS = 0x13
_CENTURY, _TWELVE = 0x80, 0x40
_EOSC, _CONV = 0x80, 0x20
_OSF, _EN32KHZ, _BSY, _ALARM_FLAGS = 0x80, 0x08, 0x04, 0x03
_SPAN = 200 * 366 * 86_400
_CONTROL_RESET, _STATUS_RESET = 0x1C, 0x88  # at first power-up (datasheet, register map)
_CELSIUS = bytes([25, 0x40])  # 25.25 °C, a warm desk


def lay(cells: memoryview) -> tuple[int, int, int, int, int, int, bytes]:
    """The state's fields, as ``_LAYOUT`` has them."""
    return _LAYOUT.unpack_from(cells)


class DS3231:
    """The clock, in a buffer of ``CELLS`` bytes."""

    def __init__(self, cells: memoryview, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """Works in ``cells``."""
        self._cells = cells
        self._monotonic_ns = monotonic_ns
        self._pointer = 0
        self._latched = bytes(7)

    def write(self, data: bytes) -> None:
        """The register pointer, then registers from there; the pointer wraps at 12h to 00h."""
        if not data:
            return
        self._pointer = data[0] % _REGISTERS
        self._latch()
        timekeeping: dict[int, int] = {}
        for value in data[1:]:
            if self._pointer <= 0x06:
                timekeeping[self._pointer] = value
            else:
                self._store(self._pointer, value)
            self._advance()
        if timekeeping:
            self._set_time(timekeeping)

    def read(self, length: int) -> bytes:
        """Registers from the pointer on; the time is held still for the transaction."""
        self._latch()
        out = bytearray()
        for _ in range(length):
            out.append(self._load(self._pointer))
            self._advance()
        return bytes(out)

    def power_up(self) -> None:
        """VCC comes back: the chip ran on its battery meanwhile."""

    def set_clock(self, unix: int) -> None:
        """Sets the time as a program would, and clears the oscillator-stop flag."""
        moment = datetime.fromtimestamp(unix, UTC)
        numbers = (moment.second, moment.minute, moment.hour, moment.isoweekday(), moment.day, moment.month)
        self.write(bytes([SECONDS, *map(bcd, (*numbers, moment.year % 100))]))
        self.write(bytes([STATUS, 0x00]))

    def _advance(self) -> None:
        self._pointer = (self._pointer + 1) % _REGISTERS
        if self._pointer == 0:
            self._latch()  # "when the pointer rolls over to zero" (datasheet, "Clock and Calendar")

    def _fields(self) -> tuple[int, int, int, int, bytearray]:
        """Offset, shift, 12-hour bit, weekday of day 0 and registers 07h–12h, after a lost battery anew."""
        offset, shifted, lost, seen, twelve, weekday, rest = lay(self._cells)
        registers = bytearray(rest)
        if lost != seen:
            offset, twelve, weekday = -self._monotonic_ns() - shifted, 0, 0
            registers = bytearray(12)
            registers[CONTROL - ALARMS] = _CONTROL_RESET
            registers[STATUS - ALARMS] = _STATUS_RESET
            registers[TEMPERATURE - ALARMS :] = _CELSIUS
            self._keep(offset, twelve, weekday, registers)
            timebase.notice_loss(self._cells)
        return offset, shifted, twelve, weekday, registers

    def _keep(self, offset: int, twelve: int, weekday: int, registers: bytes | bytearray) -> None:
        _, shifted, lost, seen, _, _, _ = lay(self._cells)
        _LAYOUT.pack_into(self._cells, 0, offset, shifted, lost, seen, twelve, weekday, bytes(registers))

    def _latch(self) -> None:
        offset, shifted, twelve, weekday, _ = self._fields()
        seconds = (self._monotonic_ns() + offset + shifted) // 1_000_000_000 % _SPAN
        now = FIRST + timedelta(seconds=seconds)
        self._latched = bytes(
            [
                bcd(now.second),
                bcd(now.minute),
                (_TWELVE if twelve else 0) | hour_register(now.hour, bool(twelve)),
                (weekday + seconds // 86_400) % 7 + 1,
                bcd(now.day),
                bcd(now.month) | (_CENTURY if now.year >= 2100 else 0),
                bcd(now.year % 100),
            ]
        )

    def _load(self, register: int) -> int:
        return self._latched[register] if register <= 0x06 else self._fields()[4][register - ALARMS]

    def _store(self, register: int, value: int) -> None:
        offset, _, twelve, weekday, registers = self._fields()
        old = registers[register - ALARMS]
        if register == CONTROL:
            value &= ~_CONV  # a conversion is over before anyone could look
        elif register == STATUS:
            # flags can be cleared, not set; BSY is the chip's own
            value = old & value & (_OSF | _ALARM_FLAGS) | value & _EN32KHZ
        elif register >= TEMPERATURE:
            value = old  # read-only
        registers[register - ALARMS] = value
        self._keep(offset, twelve, weekday, registers)

    def _set_time(self, written: dict[int, int]) -> None:
        """Sets the time registers that were written; the others keep what was latched."""
        raw = bytes(written.get(register, self._latched[register]) for register in range(7))
        offset, shifted, _, weekday, registers = self._fields()
        year = 2000 + from_bcd(raw[6]) + (100 if raw[5] & _CENTURY else 0)
        month, day = from_bcd(raw[5] & 0x1F), from_bcd(raw[4])
        hour = hour_in(raw[2], bool(raw[2] & _TWELVE))
        seconds = seconds_at(year, month, day, hour, from_bcd(raw[1]), from_bcd(raw[0]))
        if SECONDS in written:
            # writing the seconds restarts the countdown chain: the second begins now
            offset = seconds * 1_000_000_000 - self._monotonic_ns() - shifted
        else:
            part = (self._monotonic_ns() + offset + shifted) % 1_000_000_000
            offset = seconds * 1_000_000_000 + part - self._monotonic_ns() - shifted
        weekday = ((raw[DAY] - 1) - seconds // 86_400) % 7
        self._keep(offset, 1 if raw[2] & _TWELVE else 0, weekday, registers)
