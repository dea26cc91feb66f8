"""CircuitPython's ``rtc``: the microcontroller's own clock, which forgets when the power goes."""

import time

_EPOCH = 946_684_800  # 2000-01-01, where a board's clock begins


class RTC:
    """The clock in the microcontroller."""

    _started = (_EPOCH, time.monotonic())

    @property
    def datetime(self) -> time.struct_time:
        """The time, UTC."""
        unix, then = RTC._started
        return time.gmtime(unix + int(time.monotonic() - then))

    @datetime.setter
    def datetime(self, value: time.struct_time) -> None:
        import calendar

        RTC._started = (calendar.timegm(value), time.monotonic())


def set_time_source(source: object) -> None:
    """Takes the time from ``source.datetime``: ``time.time`` is the PC's own here and stays so."""
