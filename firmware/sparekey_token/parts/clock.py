"""The battery-backed clock chip: a DS3231 or a PCF8523, through Adafruit's drivers."""

import time

from . import ClockLost, calendar

ADDRESS = 0x68
"""Of either chip on the I²C bus."""

try:
    from typing import Any

    from .bus import Bus
except ImportError:
    pass


class Clock:
    """Unix seconds out of a chip that counts them as a date (UTC)."""

    def __init__(self, bus: "Bus", kind: str) -> None:
        """``kind`` is ``ds3231`` or ``pcf8523``."""
        self._bus = bus
        self._kind = kind
        self._chip: "Any" = None

    def _driver(self) -> "Any":
        if self._chip is None:
            try:
                if self._kind == "pcf8523":
                    from adafruit_pcf8523.pcf8523 import PCF8523

                    self._chip = PCF8523(self._bus.i2c())
                else:
                    from adafruit_ds3231 import DS3231

                    self._chip = DS3231(self._bus.i2c())
            except ValueError:  # the driver's word for a chip that doesn't answer
                raise OSError("no clock chip answers")
        return self._chip

    def read(self) -> int:
        """Unix seconds; ``ClockLost`` where the oscillator stopped or the date can't be one."""
        chip = self._driver()
        if chip.lost_power:
            raise ClockLost("the oscillator stopped")
        now = chip.datetime
        try:
            return calendar.unix(now[0], now[1], now[2], now[3], now[4], now[5])
        except ValueError:
            raise ClockLost("no such date")

    def set(self, unix: int) -> None:
        """Sets the chip and clears its mark of lost power (both drivers do so with the date)."""
        year, month, day, hour, minute, second = calendar.date(unix)
        weekday = (unix // calendar.DAY + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
        self._driver().datetime = time.struct_time((year, month, day, hour, minute, second, weekday, -1, -1))
