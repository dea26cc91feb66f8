"""Exponential back-off with jitter, so that many bridges don't knock on a returning server at once."""

import secrets
from collections.abc import Callable

FIRST = 0.5
LONGEST = 15.0
"""Seconds."""


def fraction() -> float:
    """A random number from 0 up to 1."""
    return secrets.randbits(32) / 2**32


class Backoff:
    """Seconds to wait after each failure: doubling, between half of it and the whole at random."""

    def __init__(self, random: Callable[[], float] = fraction) -> None:
        self._random = random
        self.failures = 0

    def next_wait(self) -> float:
        """The wait after one more failure."""
        whole = min(FIRST * 2.0 ** min(self.failures, 16), LONGEST)
        self.failures += 1
        return whole * (0.5 + 0.5 * self._random())
