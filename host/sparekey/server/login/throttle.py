"""How many wrong tries an account bears: ten in four minutes, then a pause that doubles up to an hour.

Pure arithmetic on one row; the database holds it, so that a restart forgives nothing. It is kept for
references without an account too: whether one is throttled must not tell whether it exists.
"""

from dataclasses import dataclass

WINDOW = 240  # seconds in which wrong tries add up
TRIES = 10  # of them
LONGEST = 3600  # seconds of the longest pause
FORGOTTEN = 86400  # seconds without a wrong try after which the doubling starts anew


@dataclass(frozen=True)
class Throttle:
    """An account's wrong tries; ``version`` counts its changes, ``recent`` are their Unix seconds."""

    version: int = 0
    recent: tuple[int, ...] = ()
    until: int = 0
    penalty: int = 0

    def wait(self, now: int) -> int:
        """Seconds until the next try is looked at; 0: it is now.

        A pause that would last an hour longer than it was is of a clock that has been set back since: over.
        A small step back must not end one.
        """
        left = self.until - now
        return left if 0 < left <= self.penalty + LONGEST else 0

    def after_wrong(self, now: int) -> "Throttle":
        """The row after one more wrong try at ``now``."""
        # those that a clock since set back dates later count as of now
        recent = (*[min(at, now) for at in self.recent if now - at < WINDOW], now)
        if len(recent) < TRIES:
            return Throttle(self.version + 1, recent, self.until, self.penalty)
        # the pause is no shorter than the window: after it, all of these are past
        penalty = min(LONGEST, 2 * self.penalty) if self.penalty else WINDOW
        return Throttle(self.version + 1, (), now + penalty, penalty)

    @classmethod
    def of_row(cls, version: int, recent: str, until: int, penalty: int) -> "Throttle":
        """As the database has it."""
        return cls(version, tuple(int(at) for at in recent.split(",") if at), until, penalty)

    @property
    def recent_text(self) -> str:
        """``recent`` as the database has it."""
        return ",".join(str(at) for at in self.recent)

    @property
    def ends(self) -> int:
        """When the row may be forgotten."""
        return max(*self.recent, self.until, 0) + FORGOTTEN
