"""Collects tries that come at the same time into batches, so that they share a transaction's cost."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable

from sparekey.server.errors import StoreUnavailable
from sparekey.server.store.interface import Store, Transaction

from .otp_login import Decision, Outcome
from .otp_rows import Try

_BATCH = 32
_AT_ONCE = 4  # batches under way at most
_MOMENT = 0.001  # seconds; far less than a person notices, and than a disk takes for two commits
_WAITING = 2048  # tries that wait at most

_Waiting = tuple[Try, "asyncio.Future[Outcome]"]


class Tries:
    """Where otpLogin's calls queue. No two tries about one session or account are in one batch."""

    def __init__(self, store: Store, decision: Decision) -> None:
        self._store = store
        self._decision = decision
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._touched: set[object] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way = 0  # of batches
        self._expected = 1  # tries in the next one
        self._all_here = asyncio.Event()
        self._due = False  # a batch was handed over that hasn't taken its tries yet

    async def decide(self, one: Try) -> Outcome:
        """The outcome, once it is durable. Raises ``StoreUnavailable``."""
        if len(self._waiting) >= _WAITING:
            raise StoreUnavailable("too many tries wait")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        with self._lock:
            self._waiting.append((one, future))
        # a batch costs far more than a try: while one's commit reaches the disk the next fills
        full = len(self._waiting) >= _BATCH and self._under_way < _AT_ONCE and not self._due
        if self._under_way == 0 or full:
            self._under_way += 1
            task = loop.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif len(self._waiting) >= self._expected:
            self._all_here.set()
        return await future

    async def _run(self) -> None:
        try:
            more = True
            while more:
                self._due = True
                await self._companions()
                taken = await self._one_batch()
                self._expected = min(_BATCH, taken + len(self._waiting))
                # a batch that took none found only tries about what others have: those take them up
                more = bool(taken and self._waiting and not self._due)
        finally:
            self._under_way -= 1

    async def _companions(self) -> None:
        """Until as many wait as asked during the last batch, for they tend to ask again; a moment at most."""
        self._all_here.clear()
        if len(self._waiting) < self._expected:
            timer = asyncio.get_running_loop().call_later(_MOMENT, self._all_here.set)
            await self._all_here.wait()
            timer.cancel()

    async def _one_batch(self) -> int:
        """How many tries it took."""
        batch = _Batch(self._take, self._decision)
        try:
            outcomes = await self._store.write(batch)
        except Exception as fault:
            outcomes = []
            if not batch.taken:  # the store took no job at all: whoever waits must hear it
                batch.taken = self._take()
            for _, future in batch.taken:
                if not future.done():
                    future.set_exception(fault)
        for (_, future), outcome in zip(batch.taken, outcomes, strict=False):
            if not future.done():
                future.set_result(outcome)
        with self._lock:
            for one, _ in batch.taken:
                self._touched.difference_update(one.touches)
        return len(batch.taken)

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        with self._lock:
            self._due = False
            while self._waiting and len(batch) < _BATCH:
                one, future = self._waiting.popleft()
                if self._touched.isdisjoint(one.touches):
                    self._touched.update(one.touches)
                    batch.append((one, future))
                else:
                    left.append((one, future))
            self._waiting.extendleft(reversed(left))
        return batch


class _Batch:
    """The job: it takes its tries when a transaction has begun, so that none waits for the next in vain."""

    def __init__(self, take: Callable[[], list[_Waiting]], decision: Decision) -> None:
        self._take = take
        self._decision = decision
        self.taken: list[_Waiting] = []

    def __call__(self, transaction: Transaction) -> list[Outcome]:
        if not self.taken:  # a job may run again, and is about the same tries then
            self.taken = self._take()
        if not self.taken:
            return []
        outcomes = self._decision(transaction, [one for one, _ in self.taken])
        for outcome in outcomes:
            if not outcome.refusal:
                for heard in {outcome.hsid, outcome.event.hsid}:
                    transaction.tell(f"LOGIN {heard.hex()}")
        return outcomes
