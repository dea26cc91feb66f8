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
    """An account's wrong tries; ``version`` counts its changes, times in Unix seconds."""

    version: int = 0
    wrong: int = 0
    since: int = 0
    until: int = 0
    penalty: int = 0

    def wait(self, now: int) -> int:
        """Seconds until the next try is looked at; 0: it is now."""
        return max(0, self.until - now)

    def after_wrong(self, now: int) -> "Throttle":
        """The row after one more wrong try at ``now``."""
        in_window = now - self.since < WINDOW
        wrong = self.wrong + 1 if in_window else 1
        since = self.since if in_window else now
        until, penalty = self.until, self.penalty
        if wrong >= TRIES:
            penalty = min(LONGEST, 2 * penalty) if penalty else WINDOW
            until, wrong, since = now + penalty, 0, now + penalty
        return Throttle(self.version + 1, wrong, since, until, penalty)

    @property
    def ends(self) -> int:
        """When the row may be forgotten."""
        return max(self.since, self.until) + FORGOTTEN
