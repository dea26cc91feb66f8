"""All wrong OTPs are refused in the same time: their distributions can't be told apart."""

import time
from pathlib import Path

import pytest

from sparekey.server.store import open_store
from sparekey_token.core import crock32

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio
_ROUNDS = 120
_FAR = 0.17  # from one half; chance alone is beyond it once in some 50,000 runs


async def test_refusals_take_the_same_time(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    await store.start()
    harness = Harness(store, tmp_path)
    await harness.begin()
    account, blocked = await harness.enrol("ada"), await harness.enrol("eve")
    await harness.call("PUT", f"accounts/{blocked.reference}/", params={"blocked": "true"})
    stranger = crock32.encode(account.reference ^ 5, 6)
    other_session = await harness.qr(fresh_nonce())
    makers = {
        "code": lambda shown: _mistyped(account.otp(shown, harness.unix)),
        "interval": lambda shown: account.otp(shown, harness.unix - 240),
        "session": lambda shown: account.otp(other_session, harness.unix),
        "blocked": lambda shown: blocked.otp(shown, harness.unix),
        "renewed": lambda shown: _mistyped(account.otp(shown, harness.unix)),
        "unknown": lambda shown: stranger + account.otp(shown, harness.unix)[6:],
    }
    took: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(_ROUNDS):
        harness.now += 3600  # no throttle, and in turn, so that a busy machine slows all alike
        for name, made in makers.items():
            nonce = fresh_nonce()
            shown = await harness.qr(nonce)
            if name == "renewed":
                harness.now += 300
                assert await harness.qr(nonce) != shown
            otp = made(shown)
            start = time.perf_counter()
            reply = await harness.type(nonce, otp)
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
