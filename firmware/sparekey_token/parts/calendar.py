"""Civil time (UTC) and Unix seconds, in integers: the board's floats can't hold a time."""

DAY = 86_400


def date(unix: int) -> "tuple[int, int, int, int, int, int]":
    """``(year, month, day, hour, minute, second)`` of a Unix time from 1970 on.

    The year begins in March here, so that the leap day is its last.
    """
    days, rest = unix // DAY, unix % DAY
    days += 719_468  # from 0000-03-01 to 1970-01-01
    era, of_era = days // 146_097, days % 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    year += 400 * era + (1 if month <= 2 else 0)
    return (year, month, day, rest // 3600, rest // 60 % 60, rest % 60)


def unix(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    """The Unix time of a civil time; ``ValueError`` where there is no such day or time."""
    if not (year >= 1970 and 1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError("no such day")
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        raise ValueError("no such time")
    y = year - 1 if month <= 2 else year
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    days = 365 * y + y // 4 - y // 100 + y // 400 + of_year - 719_468
    made = days * DAY + hour * 3600 + minute * 60 + second
    if date(made)[2] != day:
        raise ValueError("no such day")
    return made


def written(moment: int) -> str:
    """``2026-11-24 19:22``."""
    return "%04d-%02d-%02d %02d:%02d" % date(moment)[:5]
