"""The token's time, and the rules by which it may be believed and moved (docs/protocol.md §5).

A clock that lost power, doesn't answer, shows a time before this firmware was made, or stepped back
over an interval that an OTP was already made for, is unset: no OTP until a person or a server mends it.
"""

from sparekey_token.core import otp
from sparekey_token.core.errors import Refused
from sparekey_token.parts import ClockLost

EARLIEST = 1_735_689_600  # 2025-01-01
"""No time before this can be right: the firmware was not written yet."""

LATEST = 4_102_444_800
"""The clock chips count two digits of a year: 2100-01-01 is out of their reach."""

BY_PROOF = 600
"""Seconds that proofs may move the clock in all in ``WINDOW`` seconds; a larger step needs a press."""

WINDOW = 86_400

_REREAD_MS = 250


class Timekeeper:
    """Reads the clock through the rules, and keeps count of what moved it."""

    def __init__(self, clock, vault, ticks) -> None:  # type: ignore[no-untyped-def]
        """``ticks()`` answers milliseconds that only ever grow."""
        self._clock = clock
        self._vault = vault
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
        if self._goes_back(unix):
            return 0, "back"
        return unix, ""

    def known(self) -> "int | None":
        """As ``unix``, None where the clock is unset."""
        try:
            return self.unix()
        except Refused:
            return None

    def within_proofs(self, unix: int) -> bool:
        """Whether a proof alone may set this time.

        It may while the clock is set, back over no used interval, and as far as the day's seconds go.
        """
        now = self.known()
        if now is None or self._goes_back(unix):
            return False
        return abs(unix - now) + self._moved(now) <= BY_PROOF

    def set_by_proof(self, unix: int) -> int:
        """Sets the clock without a press, as ``within_proofs`` allows; the offset applied in seconds.

        A second more or less is the chip's own grain, not worth a write.
        """
        now = self.unix(True)
        offset = unix - now
        if -1 <= offset <= 1:
            return 0
        # the count is on the medium before the clock moves: a power cut forgives nothing
        self._vault.set_setting("proof_sum", self._moved(now) + abs(offset))
        self._keep("proof_at", max(now, unix))
        return self._set(unix, now)

    def set_by_press(self, unix: int) -> int:
        """Sets the clock to what a person agreed to; the offset applied, 0 where it was unset."""
        if self._goes_back(unix):
            self._vault.set_setting("back_from", self._vault.used_interval())
        return self._set(unix, self.known())

    def last_offset(self) -> "int | None":
        """Seconds by which the clock was last moved; None where it never was."""
        return self._vault.setting("set_last", None)  # type: ignore[no-any-return]

    def drift_ppm(self) -> "int | None":
        """How slow the chip runs, in parts per million; None until it ran a day between two settings.

        Out of all that moved it since it was first set.
        """
        first, last = self._kept("set_first"), self._kept("set_at")
        if first is None or last is None or last - first < WINDOW:
            return None
        return self._vault.setting("set_sum", 0) * 1_000_000 // (last - first)  # type: ignore[no-any-return]

    def _goes_back(self, unix: int) -> bool:
        """Whether that time lies before the last used interval, and no person has agreed to that."""
        used = self._vault.used_interval()
        return bool(otp.interval(unix) < used and used != self._vault.setting("back_from", 0))

    def _set(self, unix: int, before: "int | None") -> int:
        try:
            self._clock.set(unix)
        except OSError:
            raise Refused("fault", "no clock chip answers")
        self._read_at = None
        offset = 0 if before is None else unix - before
        if before is None or self._kept("set_first") is None:
            self._keep("set_first", unix)
            self._vault.set_setting("set_sum", 0)
        else:
            self._vault.set_setting("set_sum", self._vault.setting("set_sum", 0) + offset)
        self._keep("set_at", unix)
        if before is not None:
            self._vault.set_setting("set_last", offset)
        return offset

    def _moved(self, now: int) -> int:
        """Seconds that proofs have moved the clock, until none has for a whole window.

        Counted so, no 24 hours hold more than ``BY_PROOF`` seconds, with two numbers kept.
        """
        last = self._kept("proof_at")
        if last is None or now >= last + WINDOW:
            return 0
        return self._vault.setting("proof_sum", 0)  # type: ignore[no-any-return]

    def _keep(self, name: str, unix: int) -> None:
        # a setting has 32 bits and a sign, a time has 32 bits and none
        self._vault.set_setting(name, unix - (1 << 31))

    def _kept(self, name: str) -> "int | None":
        value = self._vault.setting(name, None)
        return None if value is None else value + (1 << 31)
