"""How tries come together in batches."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from sparekey.server.login import tries
from sparekey.server.login.otp_login import Decision, Outcome
from sparekey.server.login.otp_rows import Try
from sparekey.server.login.tries import Tries
from sparekey.server.login.typed_otp import NO_REFERENCE, TypedOtp
from sparekey.server.monitoring import audit
from sparekey.server.store import Store

pytestmark = pytest.mark.anyio
_REFUSED = Outcome("otp_refused", audit.Event(0, 1, "otplogin", "refused"))


class Batches:
    """A store whose commits take a few turns of the event loop, and a decision that refuses all."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.tries = Tries(cast(Store, self), cast(Decision, self._decide))

    async def write(self, job: Any) -> Any:
        outcomes = job(None)
        for _ in range(5):
            await asyncio.sleep(0)
        return outcomes

    def _decide(self, transaction: object, together: Sequence[Try]) -> list[Outcome]:
        self.sizes.append(len(together))
        return [_REFUSED] * len(together)

    async def client(self, number: int, calls: int, reference: int | None = None) -> None:
        """Asks again as soon as it is answered."""
        typed = TypedOtp(number if reference is None else reference, "", "crock32-30")
        for _ in range(calls):
            one = Try(1, bytes(8), number.to_bytes(32, "big"), typed, 0)
            assert await self.tries.decide(one) is _REFUSED


async def test_clients_that_ask_again_share_batches() -> None:
    batches = Batches()
    await asyncio.gather(*[batches.client(number, 20) for number in range(8)])
    assert sum(batches.sizes) == 160
    assert batches.sizes.count(8) >= 18  # not one and seven in turn


async def test_one_after_the_other_nobody_waits_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "_MOMENT", 3600)
    batches = Batches()
    async with asyncio.timeout(20):
        await batches.client(1, 10)
    assert batches.sizes == [1] * 10


async def test_who_is_left_waits_a_moment_for_those_who_went() -> None:
    batches = Batches()
    await asyncio.gather(*[batches.client(number, 3) for number in range(8)])
    async with asyncio.timeout(20):
        await batches.client(9, 3)
    assert batches.sizes[-3:] == [1, 1, 1]


async def test_no_two_about_one_session_are_in_one_batch() -> None:
    batches = Batches()
    await asyncio.gather(*[batches.client(1, 1) for _ in range(5)])
    assert batches.sizes == [1] * 5


async def test_a_flood_is_taken_in_full_batches_side_by_side() -> None:
    batches = Batches()
    await asyncio.gather(*[batches.client(number, 1) for number in range(200)])
    assert sum(batches.sizes) == 200
    assert max(batches.sizes) == tries._BATCH


async def test_malformed_ones_are_about_no_account_and_share_batches() -> None:
    batches = Batches()
    await asyncio.gather(*[batches.client(number, 1, NO_REFERENCE) for number in range(200)])
    assert sum(batches.sizes) == 200
    assert max(batches.sizes) == tries._BATCH
