"""A PCF8523 real-time clock (NXP PCF8523, rev 6 of 2013) with a cell on VBAT.

Battery switch-over is off after reset (Control_3, PM = 111): until a program switches it on, a cut of VDD
loses the time, cell or no cell. Alarms, timers and CLKOUT are stored and do nothing.
"""

import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from . import timebase
from .timebase import FIRST, bcd, from_bcd, hour_in, hour_register, seconds_at

CELLS = 64
"""Bytes of the chip's state: ``_LAYOUT``."""

# the time base's fields, day of the week on day 0, the second it was stopped in (-1: it runs), registers
_LAYOUT = struct.Struct(timebase.HEAD + "Bxxxxxq20s")

CONTROL_1, CONTROL_2, CONTROL_3, SECONDS, YEARS, OFFSET = 0x00, 0x01, 0x02, 0x03, 0x09, 0x0E
_REGISTERS = 0x14
_STOP, _TWELVE, _SOFTWARE_RESET = 0x20, 0x08, 0x58
_CONTROL_2_READ_ONLY, _CONTROL_2_FLAGS = 0x80, 0x78
_POWER_MANAGEMENT, _SWITCHED, _BATTERY_LOW, _CONTROL_3_UNUSED = 0xE0, 0x08, 0x04, 0x10
_SWITCH_OVER_OFF = 0x40  # PM[1]: of the five modes (table 11), 010 and 111 take no battery
_OS = 0x80
_SPAN = 36_525 * 86_400  # every fourth year is a leap year, 2000 too: a hundred years

# at power-on (§8.3): battery switch-over off, OS set, alarms and timers off
_RESET = bytes.fromhex("0000e0 80000000000000 80808080 00 00 07000700")


class PCF8523:
    """The clock, in a buffer of ``CELLS`` bytes."""

    def __init__(self, cells: memoryview, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """Works in ``cells``."""
        self._cells = cells
        self._monotonic_ns = monotonic_ns
        self._pointer = 0
        self._latched = bytes(7)

    def write(self, data: bytes) -> None:
        """The register pointer, then registers from there; the pointer wraps at 13h to 00h."""
        if not data:
            return
        self._pointer = data[0] % _REGISTERS
        self._latch()
        set_to: dict[int, int] = {}
        for value in data[1:]:
            if SECONDS <= self._pointer <= YEARS:
                set_to[self._pointer - SECONDS] = value
            else:
                self._store(self._pointer, value)
            self._pointer = (self._pointer + 1) % _REGISTERS
        if set_to:
            self._set_time(set_to)

    def read(self, length: int) -> bytes:
        """Registers from the pointer on; the time is held still for the transaction."""
        self._latch()
        out = bytearray()
        for _ in range(length):
            running = SECONDS <= self._pointer <= YEARS
            out.append(self._latched[self._pointer - SECONDS] if running else self._state()[3][self._pointer])
            self._pointer = (self._pointer + 1) % _REGISTERS
        return bytes(out)

    def power_up(self) -> None:
        """VDD comes back: with battery switch-over the chip went on, without it forgot everything."""
        weekday, stopped, offset, registers = self._state()
        if registers[CONTROL_3] & _SWITCH_OVER_OFF:
            timebase.lose_battery(self._cells)
            return
        registers[CONTROL_3] |= _SWITCHED
        self._keep(weekday, stopped, offset, registers)

    def set_clock(self, unix: int) -> None:
        """Sets the time as a program would, battery switch-over and all."""
        moment = datetime.fromtimestamp(unix, UTC)
        numbers = (moment.second, moment.minute, moment.hour, moment.day, moment.isoweekday() % 7)
        self.write(bytes([CONTROL_3, 0x00]))
        self.write(bytes([SECONDS, *map(bcd, (*numbers, moment.month, moment.year % 100))]))

    def _state(self) -> tuple[int, int, int, bytearray]:
        """Weekday of day 0, stopped second, offset (shift included), registers; anew after a loss."""
        offset, shifted, lost, seen, weekday, stopped, registers = _LAYOUT.unpack_from(self._cells)
        if lost != seen:
            self._keep(6, -1, -self._monotonic_ns(), bytearray(_RESET))  # 2000-01-01 was a Saturday
            timebase.notice_loss(self._cells)
            return self._state()
        return weekday, stopped, offset + shifted, bytearray(registers)

    def _keep(self, weekday: int, stopped: int, offset: int, registers: bytearray) -> None:
        _, shifted, lost, seen, *_ = _LAYOUT.unpack_from(self._cells)
        _LAYOUT.pack_into(
            self._cells, 0, offset - shifted, shifted, lost, seen, weekday, stopped, bytes(registers)
        )

    def _seconds(self) -> int:
        _, stopped, offset, _ = self._state()
        return stopped if stopped >= 0 else (self._monotonic_ns() + offset) // 1_000_000_000 % _SPAN

    def _latch(self) -> None:
        weekday, _, _, registers = self._state()
        seconds = self._seconds()
        now = FIRST + timedelta(seconds=seconds)
        self._latched = bytes(
            [
                registers[SECONDS] & _OS | bcd(now.second),
                bcd(now.minute),
                hour_register(now.hour, bool(registers[CONTROL_1] & _TWELVE)),
                bcd(now.day),
                (weekday + seconds // 86_400) % 7,
                bcd(now.month),
                bcd(now.year % 100),
            ]
        )

    def _store(self, register: int, value: int) -> None:
        if register == CONTROL_1 and value == _SOFTWARE_RESET:
            self._reset()
            return
        weekday, stopped, offset, registers = self._state()
        old = registers[register]
        if register == CONTROL_1:
            if value & _STOP and stopped < 0:
                stopped = self._seconds()
            elif not value & _STOP and stopped >= 0:
                # the divider chain was held in reset: the second begins now
                offset, stopped = stopped * 1_000_000_000 - self._monotonic_ns(), -1
        elif register == CONTROL_2:
            # flags can be cleared, not set; WTAF clears itself when it is read, here never set
            enables = ~(_CONTROL_2_READ_ONLY | _CONTROL_2_FLAGS)
            value = old & value & _CONTROL_2_FLAGS | value & enables
        elif register == CONTROL_3:
            value = (
                value & ~(_CONTROL_3_UNUSED | _SWITCHED | _BATTERY_LOW)
                | old & value & _SWITCHED
                | old & _BATTERY_LOW
            )
        registers[register] = value
        self._keep(weekday, stopped, offset, registers)

    def _reset(self) -> None:
        """Software reset (58h into Control_1): the time goes on, its flag says not to trust it."""
        weekday, stopped, offset, _ = self._state()
        if stopped >= 0:
            offset, stopped = stopped * 1_000_000_000 - self._monotonic_ns(), -1
        self._keep(weekday, stopped, offset, bytearray(_RESET))

    def _set_time(self, written: dict[int, int]) -> None:
        """Sets the time registers that were written; the others keep what was latched."""
        raw = bytes(written.get(place, self._latched[place]) for place in range(7))
        _, stopped, offset, registers = self._state()
        registers[SECONDS] &= raw[0] & _OS  # the flag can be cleared, not set
        year, month, day = 2000 + from_bcd(raw[6]), from_bcd(raw[5] & 0x1F), from_bcd(raw[3] & 0x3F)
        hour = hour_in(raw[2], bool(registers[CONTROL_1] & _TWELVE))
        seconds = seconds_at(year, month, day, hour, from_bcd(raw[1] & 0x7F), from_bcd(raw[0] & 0x7F))
        weekday = ((raw[4] & 0x07) - seconds // 86_400) % 7
        if stopped >= 0:
            stopped = seconds
        else:
            # the divider chain runs on: only STOP resets it
            part = (self._monotonic_ns() + offset) % 1_000_000_000
            offset = seconds * 1_000_000_000 + part - self._monotonic_ns()
        self._keep(weekday, stopped, offset, registers)
