"""Two workers' batches about the same rows in crossed order wait for one another, never in a circle.

A third transaction holds a row that both want until both wait; without one order of locks each then holds
what the other wants next, and PostgreSQL ends one of them after a second.
"""

import asyncio
import base64
from collections.abc import Sequence

import psycopg
import pytest

from sparekey.server import sweep
from sparekey.server.http.dispatch import serverid_of
from sparekey.server.login import typed_otp
from sparekey.server.login.otp_login import Decision, Outcome
from sparekey.server.login.otp_rows import Try
from sparekey.server.login.session_life import nonce_hash
from sparekey.server.store import Transaction
from sparekey_token.core import crock32
from tests.simulated_account import SimulatedAccount

from .harness import Harness, fresh_nonce

_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database", [_POSTGRESQL], indirect=True)]

_WAIT = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Crossing:
    """Makes tries, and lets two batches of them meet at a row that is held."""

    def __init__(self, harness: Harness, database: str) -> None:
        self.harness = harness
        self.database = database
        self.decision = Decision(harness.service.open_account_key, harness.service.nobody)
        self.faults: list[type[Exception]] = []

    async def session(self) -> str:
        """A nonce whose session shows a QR code."""
        nonce = fresh_nonce()
        await self.harness.status(nonce)
        return nonce

    async def right(self, account: SimulatedAccount, nonce: str) -> Try:
        """The account's OTP for the session's QR code."""
        return await self._try(nonce, account.otp(await self.harness.qr(nonce), self.harness.unix))

    async def wrong(self, reference: int, nonce: str) -> Try:
        """A wrong OTP of the account in that session."""
        return await self._try(nonce, crock32.encode(reference, 6) + "000000")

    async def _try(self, nonce: str, otp: str) -> Try:
        serverid = serverid_of(self.harness.serverid)
        row = await self.harness.service.store.read(
            lambda t: t.one("SELECT id FROM servers WHERE serverid = ?", serverid)
        )
        assert row is not None
        hashed = nonce_hash(serverid, base64.urlsafe_b64decode(nonce + "="))
        return Try(row[0], serverid, hashed, typed_otp.read(otp.replace(" ", "")), self.harness.service.now())

    async def batch(self, tries: Sequence[Try]) -> list[str]:
        """What each try is refused with; what went wrong on the way is in ``faults``."""

        def job(transaction: Transaction) -> list[Outcome]:
            try:
                return self.decision(transaction, tries)
            except Exception as fault:
                self.faults.append(type(fault))
                raise

        return [outcome.refusal for outcome in await self.harness.service.store.write(job)]

    async def meet(
        self, held: str, value: object, first: Sequence[Try], second: Sequence[Try]
    ) -> list[list[str]]:
        """Both batches' refusals; ``held`` is what WHERE follows, of the row that both have to wait for."""
        async with asyncio.timeout(60):
            async with await psycopg.AsyncConnection.connect(self.database) as holder:
                assert (await holder.execute(f"SELECT 1 FROM {held} FOR UPDATE", (value,))).rowcount == 1
                batches = [asyncio.create_task(self.batch(tries)) for tries in (first, second)]
                async with await psycopg.AsyncConnection.connect(self.database, autocommit=True) as looking:
                    while await (await looking.execute(_WAIT)).fetchone() != (2,):
                        await asyncio.sleep(0.005)
            return list(await asyncio.gather(*batches))


@pytest.fixture
def crossing(harness: Harness, database: str) -> Crossing:
    return Crossing(harness, database)


async def test_the_same_sessions(crossing: Crossing) -> None:
    nonces = [await crossing.session() for _ in range(3)]
    first = [await crossing.wrong(reference, nonce) for reference, nonce in enumerate(nonces)]
    second = [await crossing.wrong(reference + 10, nonce) for reference, nonce in enumerate(nonces)]
    met = await crossing.meet("sessions WHERE nonce = %s", first[1].nonce, first, second[::-1])
    assert met == [["otp_refused"] * 3] * 2
    assert psycopg.errors.DeadlockDetected not in crossing.faults
    rows = await crossing.harness.service.store.read(lambda t: t.all("SELECT tries FROM sessions"))
    assert rows == [(2,)] * 3  # either batch's, once


async def test_the_same_accounts_and_right_otps(crossing: Crossing) -> None:
    accounts = [await crossing.harness.enrol(f"user{n}") for n in range(3)]
    first = [await crossing.right(account, await crossing.session()) for account in accounts]
    second = [await crossing.right(account, await crossing.session()) for account in accounts]
    met = await crossing.meet("accounts WHERE ref = %s", accounts[1].reference, first, second[::-1])
    assert met == [[""] * 3] * 2
    assert crossing.faults == []


async def test_the_same_throttles(crossing: Crossing) -> None:
    before = [await crossing.wrong(reference, await crossing.session()) for reference in range(3)]
    await crossing.batch(before)
    first = [await crossing.wrong(reference, await crossing.session()) for reference in range(3)]
    second = [await crossing.wrong(reference, await crossing.session()) for reference in range(3)]
    met = await crossing.meet("throttles WHERE ref = %s", 1, first, second[::-1])
    assert met == [["otp_refused"] * 3] * 2
    assert psycopg.errors.DeadlockDetected not in crossing.faults
    rows = await crossing.harness.service.store.read(lambda t: t.all("SELECT version FROM throttles"))
    assert rows == [(3,)] * 3  # no wrong try is lost


async def test_one_clears_what_the_other_counts(crossing: Crossing) -> None:
    one, other, both = [await crossing.harness.enrol(f"user{n}") for n in range(3)]
    for account in (one, other):
        await crossing.batch([await crossing.wrong(account.reference, await crossing.session())])
    first, second = [
        [
            await crossing.wrong(wrong.reference, await crossing.session()),
            await crossing.right(right, await crossing.session()),
            await crossing.right(both, await crossing.session()),
        ]
        for wrong, right in ((one, other), (other, one))
    ]
    met = await crossing.meet("accounts WHERE ref = %s", both.reference, first, second)
    assert met == [["otp_refused", "", ""]] * 2
    assert psycopg.errors.DeadlockDetected not in crossing.faults


async def test_the_sweep_waits_for_nobody(crossing: Crossing) -> None:
    nonces = [await crossing.session() for _ in range(3)]
    held = await crossing.wrong(7, nonces[1])
    await crossing.batch([held])
    crossing.harness.now += 86400 * 2
    store = crossing.harness.service.store
    async with await psycopg.AsyncConnection.connect(crossing.database) as holder:
        for table, key, value in (("sessions", "nonce", held.nonce), ("throttles", "ref", 7)):
            await holder.execute(f"SELECT 1 FROM {table} WHERE {key} = %s FOR UPDATE", (value,))
        assert await sweep.bite(crossing.harness.service) == 2
    assert await store.read(lambda t: t.all("SELECT nonce FROM sessions")) == [(held.nonce,)]
    assert await sweep.bite(crossing.harness.service) == 1
    assert await store.read(lambda t: t.all("SELECT ref FROM throttles")) == []
