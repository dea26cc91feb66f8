"""The two-minute intervals that one-time passwords are made for (docs/protocol.md §4)."""

INTERVAL = 120
"""Seconds that one OTP is made for; a server accepts the current and the previous interval."""


def interval(unix: int) -> int:
    """``T``: the number of the interval that ``unix`` (seconds) lies in."""
    return unix // INTERVAL
