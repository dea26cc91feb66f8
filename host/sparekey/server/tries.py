"""Collects tries that come at the same time into batches, so that they share a transaction's cost."""

import asyncio
from collections import deque

from .errors import StoreUnavailable
from .otp_login import Decision, Outcome, Try
from .store.interface import Store, Transaction

_BATCH = 32
_AT_ONCE = 2  # batches under way: one is decided while the other's commit reaches the disk
_WAITING = 2048  # tries that wait at most


class Tries:
    """Where otpLogin's calls queue. No two tries about one session or account are in one batch."""

    def __init__(self, store: Store, decision: Decision) -> None:
        self._store = store
        self._decision = decision
        self._waiting: deque[tuple[Try, asyncio.Future[Outcome]]] = deque()
        self._touched: set[object] = set()
        self._running: set[asyncio.Task[None]] = set()

    async def decide(self, one: Try) -> Outcome:
        """The outcome, once it is durable. Raises ``StoreUnavailable``."""
        if len(self._waiting) >= _WAITING:
            raise StoreUnavailable("too many tries wait")
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, future))
        if len(self._running) < _AT_ONCE:
            # begun at the end of this round of the event loop, when all that came with it has queued
            self._begin()
        return await future

    def _begin(self) -> None:
        task = asyncio.get_running_loop().create_task(self._run())
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if self._waiting and not self._running:
            self._begin()

    async def _run(self) -> None:
        while batch := self._take():
            tries = [one for one, _ in batch]
            try:
                outcomes = await self._store.write(self._job(tries))
            except Exception as fault:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(fault)
            else:
                for (_, future), outcome in zip(batch, outcomes, strict=True):
                    if not future.done():
                        future.set_result(outcome)
            finally:
                for one in tries:
                    self._touched.difference_update(one.touches)

    def _job(self, tries: list[Try]):  # type: ignore[no-untyped-def]
        def job(transaction: Transaction) -> list[Outcome]:
            outcomes = self._decision(transaction, tries)
            for outcome in outcomes:
                if not outcome.refusal:
                    transaction.tell(f"LOGIN {outcome.hsid.hex()}")
            return outcomes

        return job

    def _take(self) -> list[tuple[Try, "asyncio.Future[Outcome]"]]:
        batch: list[tuple[Try, asyncio.Future[Outcome]]] = []
        left: list[tuple[Try, asyncio.Future[Outcome]]] = []
        while self._waiting and len(batch) < _BATCH and len(left) < _WAITING:
            one, future = self._waiting.popleft()
            if self._touched.intersection(one.touches):
                left.append((one, future))
            else:
                self._touched.update(one.touches)
                batch.append((one, future))
        self._waiting.extendleft(reversed(left))
        return batch
