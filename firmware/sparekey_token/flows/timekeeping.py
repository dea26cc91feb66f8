"""The token's time, and the rules by which it may be believed (docs/protocol.md §5).

A clock that lost power, doesn't answer, shows a time before this firmware's release, or stepped back
over an interval that an OTP was already made for, is unset: no OTP until a person or a server mends it.
"""

from sparekey_token import RELEASED
from sparekey_token.core.errors import Refused
from sparekey_token.core.interval import interval
from sparekey_token.parts import ClockLost

EARLIEST = RELEASED
"""No time before this can be right: this firmware was not there yet."""

LATEST = 4_102_444_800
"""The clock chips count two digits of a year: 2100-01-01 is out of their reach."""

_REREAD_MS = 250


class Timekeeper:
    """Reads the clock through the rules; ``clock_moves`` moves it."""

    def __init__(self, clock, vault, ticks) -> None:  # type: ignore[no-untyped-def]
        """``ticks()`` answers milliseconds that only ever grow."""
        self._clock = clock
        self.vault = vault
        """Where intervals and moves are kept."""
        self._ticks = ticks
        self._read_at = None
        self._unix = 0
        self._why = ""

    def unix(self, fresh: bool = False) -> int:
        """Unix seconds, at most a quarter of a second old, or the chip's own with ``fresh``.

        Raises ``Refused`` (``clock_unset``), its detail one of ``lost``, ``fault``, ``early``, ``back``.
        """
        now = self._ticks()
        if fresh or self._read_at is None or not 0 <= now - self._read_at < _REREAD_MS:
            self._read_at = now
            self._unix, self._why = self._judged()
        if self._why:
            raise Refused("clock_unset", self._why)
        return self._unix

    def _judged(self) -> "tuple[int, str]":
        try:
            unix = self._clock.read()
        except ClockLost:
            return 0, "lost"
        except OSError:
            return 0, "fault"
        if not EARLIEST <= unix < LATEST:
            return 0, "early"
        if self.goes_back(unix):
            return 0, "back"
        return unix, ""

    def known(self) -> "int | None":
        """As ``unix``, None where the clock is unset."""
        try:
            return self.unix()
        except Refused:
            return None

    def goes_back(self, unix: int) -> bool:
        """Whether that time lies before the last used interval, and no person has agreed to that."""
        used = self.vault.used_interval()
        return bool(interval(unix) < used and used != self.vault.setting("back_from", 0))

    def set_chip(self, unix: int) -> None:
        """Sets the chip, as ``clock_moves`` alone may; ``Refused`` (``fault``) where none answers."""
        try:
            self._clock.set(unix)
        except OSError:
            raise Refused("fault", "no clock chip answers")
        self._read_at = None
