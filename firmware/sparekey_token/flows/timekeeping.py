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
        if otp.interval(unix) < self._vault.used_interval():
            return 0, "back"
        return unix, ""

    def known(self) -> "int | None":
        """As ``unix``, None where the clock is unset."""
        try:
            return self.unix()
        except Refused:
            return None

    def within_proofs(self, unix: int) -> bool:
        """Whether a proof alone may set this time: the clock is set, and the day's seconds suffice."""
        now = self.known()
        return now is not None and abs(unix - now) + self._moved(now) <= BY_PROOF

    def set_by_proof(self, unix: int) -> int:
        """Sets the clock without a press, as ``within_proofs`` allows; the offset applied in seconds.

        A second more or less is the chip's own grain, not worth a write.
        """
        now = self.unix(True)
        offset = unix - now
        if -1 <= offset <= 1:
            return 0
        moved = self._moved(now) + abs(offset)
        # the count is on the medium before the clock moves: a cut power forgives nothing
        if moved == abs(offset):
            self._vault.set_setting("proof_start", now)
        self._vault.set_setting("proof_moved", moved)
        return self._set(unix, now)

    def set_by_press(self, unix: int) -> int:
        """Sets the clock to what a person agreed to; the offset applied, 0 where it was unset."""
        return self._set(unix, self.known())

    def _set(self, unix: int, before: "int | None") -> int:
        try:
            self._clock.set(unix)
        except OSError:
            raise Refused("fault", "no clock chip answers")
        self._read_at = None
        offset = 0 if before is None else unix - before
        self._remember(unix, before, offset)
        return offset

    def _moved(self, now: int) -> int:
        start = self._vault.setting("proof_start", 0)
        if not start <= now < start + WINDOW:
            return 0
        return self._vault.setting("proof_moved", 0)  # type: ignore[no-any-return]

    def _remember(self, unix: int, before: "int | None", offset: int) -> None:
        if before is None:
            self._vault.set_setting("set_first", unix)
            self._vault.set_setting("set_sum", 0)
        else:
            if not self._vault.setting("set_first", 0):
                self._vault.set_setting("set_first", before)
            self._vault.set_setting("set_sum", self._vault.setting("set_sum", 0) + offset)
        self._vault.set_setting("set_last", offset)
        self._vault.set_setting("set_at", unix)

    def last_offset(self) -> "int | None":
        """Seconds by which the clock was last moved; None where it never was."""
        return self._vault.setting("set_last", 0) if self._vault.setting("set_at", 0) else None

    def drift_ppm(self) -> "int | None":
        """How fast the chip runs, in parts per million: more than 0 where it runs slow.

        From all that moved it since it was first set until it was last set; None within a day of that.
        """
        elapsed = self._vault.setting("set_at", 0) - self._vault.setting("set_first", 0)
        if elapsed < WINDOW:
            return None
        return self._vault.setting("set_sum", 0) * 1_000_000 // elapsed  # type: ignore[no-any-return]
