"""What bridges call: online login, the server's time, the token's half of an enrolment."""

import asyncio
import base64
import os
from typing import Any

import pytest

from sparekey.server.errors import StoreUnavailable
from sparekey_token.core import agreement, payload, proof
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio


async def scanned(harness: Harness, nonce: str) -> tuple[str, str, dict[str, Any]]:
    """QR text, path and the session's answer to a bridge."""
    text = await harness.qr(nonce)
    shown = payload.read(text)
    path = f"/app/sessions/{shown.session_id.hex()}"
    return text, path, (await harness.http.get(path)).raise_for_status().json()


async def test_online_login_and_its_replay(harness: Harness) -> None:
    account, nonce = await harness.enrol(pin=1), fresh_nonce()
    text, path, session = await scanned(harness, nonce)
    shown = payload.read(text)
    assert (session["server"], session["expires"]) == (shown.server_id.hex(), shown.expires)
    body = account.proof(text, session["challenge"], 1)
    replies = await asyncio.gather(*[harness.http.post(path + "/login", json=body) for _ in range(4)])
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]
    status = await harness.status(nonce)
    assert (status["loggedin"], status["otplogin"], status["userverified"]) == (True, False, True)
    assert code(await harness.http.get(path)) == (409, "session_used")


async def test_wrong_proofs_all_look_the_same(harness: Harness) -> None:
    account, other = await harness.enrol("ada"), await harness.enrol("eve")
    nonce = fresh_nonce()
    text, path, session = await scanned(harness, nonce)
    right = account.proof(text, session["challenge"], 0)
    await harness.call("PUT", f"accounts/{other.reference}/", params={"blocked": "true"})
    replies = [
        await harness.http.post(path + "/login", json=body)
        for body in (
            {**right, "flags": 1},
            {**right, "ref": right["ref"] ^ 1},  # type: ignore[operator]
            {**right, "ref": other.reference},
            other.proof(text, session["challenge"], 0),
            account.proof(text, "00" * 16, 0),
            account.proof(await harness.qr(fresh_nonce()), session["challenge"], 0),
        )
    ]
    assert {code(reply) for reply in replies} == {(403, "proof_refused")}
    assert (await harness.http.post(path + "/login", json=right)).status_code == 200


@pytest.mark.parametrize(("timeout", "verify"), [(0, True), (-1, False), (10, True)])
async def test_pin_timeout_decides_whether_the_pin_is_due(
    harness: Harness, timeout: int, verify: bool
) -> None:
    server = (await harness.make_server("Pin", pinTimeout=timeout))["serverid"]
    account, plain = await harness.enrol("ada", 1, server), await harness.enrol("bob", 0, server)

    async def login(by: SimulatedAccount, flags: int) -> tuple[int, str]:
        shown = (await harness.call("GET", "sessions/qr/login", fresh_nonce(), server)).text
        path = f"/app/sessions/{payload.read(shown).session_id.hex()}"
        session = (await harness.http.get(path)).json()
        assert session["verify"] is verify
        reply = await harness.http.post(path + "/login", json=by.proof(shown, session["challenge"], flags))
        return (200, "") if reply.status_code == 200 else code(reply)

    needed = (403, "pin_needed")
    assert await login(plain, 0) == (200, "")
    assert await login(account, 0) == (needed if verify else (200, ""))
    assert await login(account, 1) == (200, "")
    assert await login(account, 0) == (needed if timeout == 0 else (200, ""))
    harness.now += 601
    assert await login(account, 0) == (needed if verify else (200, ""))


async def test_expired_and_unknown_sessions(harness: Harness) -> None:
    _, path, _ = await scanned(harness, fresh_nonce())
    harness.now += 301
    assert (await harness.http.get(path)).status_code == 200  # a proof under way may be as late as an OTP
    harness.now += 240
    assert code(await harness.http.get(path)) == (410, "expired")
    for unknown in (bytes(16).hex(), "zz", "00" * 15):
        assert code(await harness.http.get(f"/app/sessions/{unknown}")) == (404, "no_session")


async def test_the_server_s_time_is_proved_to_everyone_alike(harness: Harness) -> None:
    account = await harness.enrol()
    server = payload.read(await harness.qr(fresh_nonce())).server_id.hex()
    ask = {"server": server, "ref": account.reference, "nonce": os.urandom(16).hex()}
    told = (await harness.http.post("/app/time", json=ask)).json()
    assert told["unix"] == int(harness.unix)
    assert told["proof"] == proof.time_proof(account.key, bytes.fromhex(ask["nonce"]), told["unix"]).hex()
    stranger = {**ask, "ref": account.reference ^ 1}
    made_up = (await harness.http.post("/app/time", json=stranger)).json()
    assert made_up.keys() == told.keys()
    assert made_up == (await harness.http.post("/app/time", json=stranger)).json()
    off = (await harness.http.post("/app/time", json={**ask, "unix": told["unix"] + 300})).json()
    assert (off["offset"], off["refused"]) == (-300, True)
    late = (await harness.http.post("/app/time", json={**ask, "unix": told["unix"] - 130})).json()
    assert (late["offset"], late["refused"]) == (130, False)
    assert code(await harness.http.post("/app/time", json={**ask, "server": "00" * 8})) == (404, "not_found")


async def begun(harness: Harness, nonce: str) -> tuple[str, str]:
    text = (await harness.call("GET", "sessions/qr/enrol", nonce, params={"userid": "ada"})).text
    return text, f"/app/enrolments/{payload.read(text).enrolment_id.hex()}/"


async def state(harness: Harness, nonce: str) -> str:
    return str((await harness.call("GET", "sessions/enrolment", nonce)).json()["state"])


async def test_an_enrolment_s_states(harness: Harness) -> None:
    nonce, account = fresh_nonce(), SimulatedAccount()
    assert code(await harness.call("GET", "sessions/enrolment", nonce)) == (404, "no_enrolment")
    text, _ = await begun(harness, nonce)
    assert await state(harness, nonce) == "waiting"
    early = await harness.call("POST", "sessions/enrolment/confirm", nonce, json={"checkcode": "000000"})
    assert code(early) == (409, "wrong_state")
    await account.enrol(harness.http, text)
    told = (await harness.call("GET", "sessions/enrolment", nonce)).json()
    assert (told["state"], told["checkcode"], told["accountid"]) == (
        "check",
        account.check_code,
        account.reference,
    )
    login = fresh_nonce()
    otp = account.otp(await harness.qr(login), harness.unix)
    assert code(await harness.type(login, otp)) == (403, "otp_refused")  # not before both have confirmed
    seen = {"checkcode": account.check_code.lower()}
    confirmed = await harness.call("POST", "sessions/enrolment/confirm", nonce, json=seen)
    assert confirmed.json()["id"] == account.reference
    assert await state(harness, nonce) == "active"
    assert (await harness.type(login, otp)).status_code == 200


@pytest.mark.parametrize("checkcode", ["000000", "", "?", "Z" * 32])
async def test_another_check_code_ends_it(harness: Harness, checkcode: str) -> None:
    nonce, account = fresh_nonce(), SimulatedAccount()
    await account.enrol(harness.http, (await begun(harness, nonce))[0])
    wrong = {"checkcode": checkcode}
    assert code(await harness.call("POST", "sessions/enrolment/confirm", nonce, json=wrong)) == (
        403,
        "code_differs",
    )
    assert await state(harness, nonce) == "ended"
    right = {"checkcode": account.check_code}
    assert code(await harness.call("POST", "sessions/enrolment/confirm", nonce, json=right)) == (
        409,
        "wrong_state",
    )
    assert (await harness.call("GET", "accounts/")).json()["totalnumber"] == 0


async def test_a_second_commitment_ends_it(harness: Harness) -> None:
    nonce = fresh_nonce()
    _, path = await begun(harness, nonce)
    commitment = {"commitment": bytes(32).hex()}
    assert (await harness.http.post(path + "commit", json=commitment)).status_code == 200
    assert code(await harness.http.post(path + "commit", json=commitment)) == (409, "enrolment_refused")
    assert await state(harness, nonce) == "ended"


async def test_a_reveal_out_of_order_or_unproved_ends_it(harness: Harness) -> None:
    reveal = {
        "public_key": "11" * 32,
        "token_nonce": "22" * 16,
        "pin": 0,
        "proof": "33" * 32,
        "description": "",
    }
    for commits in (0, 1):
        nonce = fresh_nonce()
        _, path = await begun(harness, nonce)
        for _ in range(commits):
            await harness.http.post(path + "commit", json={"commitment": bytes(32).hex()})
        assert code(await harness.http.post(path + "reveal", json=reveal)) == (409, "enrolment_refused")
        assert await state(harness, nonce) == "ended"


async def test_a_key_of_small_order_is_refused(harness: Harness) -> None:
    nonce = fresh_nonce()
    text, path = await begun(harness, nonce)
    public, token_nonce = bytes(32), bytes(16)
    committed = agreement.commitment(public, token_nonce)
    told = (await harness.http.post(path + "commit", json={"commitment": committed.hex()})).json()
    server_nonce = bytes.fromhex(told["server_nonce"])
    hashed = agreement.transcript(payload.from_text(text), committed, server_nonce, public, token_nonce)
    key = agreement.account_key(bytes(32), hashed)
    reveal = {
        "public_key": public.hex(),
        "token_nonce": token_nonce.hex(),
        "pin": 0,
        "proof": agreement.token_proof(key, hashed, 0).hex(),
    }
    assert code(await harness.http.post(path + "reveal", json=reveal)) == (409, "enrolment_refused")


async def test_an_enrolment_expires_and_a_new_one_ends_the_old(harness: Harness) -> None:
    nonce = fresh_nonce()
    _, old = await begun(harness, nonce)
    _, path = await begun(harness, nonce)
    commitment = {"commitment": bytes(32).hex()}
    assert code(await harness.http.post(old + "commit", json=commitment)) == (404, "no_enrolment")
    harness.now += 601
    assert await state(harness, nonce) == "ended"
    assert code(await harness.http.post(path + "commit", json=commitment)) == (409, "enrolment_refused")


async def test_asking_the_time_writes_nothing_whoever_s_reference_it_is(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit takes long enough to be told from none, and fails where the disk is full."""
    account = await harness.enrol("ada")

    async def away(job: object) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(harness.service.store, "write", away)
    server = base64.urlsafe_b64decode(harness.serverid + "=").hex()
    for ref in (account.reference, account.reference ^ 1):
        ask = {"server": server, "ref": ref, "nonce": "00" * 16}
        assert (await harness.http.post("/app/time", json=ask)).status_code == 200
