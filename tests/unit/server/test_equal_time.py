"""All wrong OTPs are refused in the same time: their distributions can't be told apart."""

import random
import time
from pathlib import Path

import pytest

from sparekey.server.store import open_store
from sparekey_token.core import crock32

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio
_ROUNDS = 170
# from one half. Chance alone is beyond it once in three million runs: the share's standard deviation is
# sqrt((2n + 1) / 12n²) = 0.0314 for n rounds, and 5.42 of those for five kinds are 3e-7
_FAR = 0.17


async def test_refusals_take_the_same_time(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    await store.start()
    harness = Harness(store, tmp_path)
    await harness.begin()
    # long codes, of which none is right by chance; an account each, so that all have the same past
    harness.serverid = (await harness.make_server("Long", otpFormat="crock32-60"))["serverid"]
    account, late, other, blocked, scanned = [await harness.enrol(f"user{n}") for n in range(5)]
    await harness.call("PUT", f"accounts/{blocked.reference}/", params={"blocked": "true"})
    stranger = crock32.encode(account.reference ^ 5, 6)
    other_session = await harness.qr(fresh_nonce())
    makers = {
        "code": lambda shown: _mistyped(account.otp(shown, harness.unix)),
        "interval": lambda shown: late.otp(shown, harness.unix - 240),
        "session": lambda shown: other.otp(other_session, harness.unix),
        "blocked": lambda shown: blocked.otp(shown, harness.unix),
        "renewed": lambda shown: _mistyped(scanned.otp(shown, harness.unix)),
        "unknown": lambda shown: stranger + account.otp(shown, harness.unix)[6:],
    }
    took: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(_ROUNDS):
        harness.now += 3600  # no throttle
        nonces = {name: fresh_nonce() for name in makers}
        before = await harness.qr(nonces["renewed"])
        harness.now += 300
        typed = [(name, made(await harness.qr(nonces[name]))) for name, made in makers.items()]
        assert await harness.qr(nonces["renewed"]) != before
        random.shuffle(
            typed
        )  # in turn, so that a busy machine slows all alike, and none has the warmest cache
        for name, otp in typed:
            start = time.perf_counter()
            reply = await harness.type(nonces[name], otp)
            took[name].append(time.perf_counter() - start)
            assert code(reply) == (403, "otp_refused")
    await harness.end()
    await store.stop()
    for name in makers:
        assert abs(_earlier(took["code"], took[name]) - 0.5) < _FAR, name


def _mistyped(otp: str) -> str:
    """Another last character, whatever the right one is."""
    return otp[:-1] + ("1" if otp[-1] == "0" else "0")


def _earlier(ones: list[float], others: list[float]) -> float:
    """How often one of ``ones`` is below one of ``others`` (Mann–Whitney's U, as a share)."""
    wins = sum((one < other) + 0.5 * (one == other) for one in ones for other in others)
    return wins / (len(ones) * len(others))
