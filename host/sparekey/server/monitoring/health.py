"""Whether the store answers, and keeps what is written: a disk that is full can still be read.

A login needs a commit, so health does too. It is one of its own: who is taken away from a balancer for a
commit that failed gets no login that would show the next one works.
"""

import asyncio
import time
from collections.abc import Callable

from sparekey.server.errors import StoreUnavailable
from sparekey.server.store.interface import Store, Transaction

GOOD_FOR = 5.0
"""Seconds that a commit stands for those after it, so that whoever asks often costs no logins."""

_BAD_FOR = 1.0  # seconds; as Retry-After says


class Health:
    """One worker's; ``clock`` gives seconds that only grow."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._one = asyncio.Lock()
        self._until = clock()
        self._fault: StoreUnavailable | None = None

    async def check(self) -> None:
        """Raises ``StoreUnavailable`` where nothing can be read, or be written durably."""
        await self._store.read(lambda t: t.one("SELECT 1"))
        async with self._one:
            if self._clock() >= self._until:
                self._fault = await self._written()
                self._until = self._clock() + (_BAD_FOR if self._fault else GOOD_FOR)
            if self._fault:
                raise StoreUnavailable(str(self._fault))

    async def _written(self) -> StoreUnavailable | None:
        try:
            await self._store.write(_touch)
        except StoreUnavailable as fault:
            return fault
        return None


def _touch(transaction: Transaction) -> None:
    # the same value is written all the same, and reaches the disk before the commit is done
    transaction.run("UPDATE schema_steps SET step = step WHERE step = 1")
