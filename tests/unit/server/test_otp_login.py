"""otpLogin: what is right, what is wrong, and how often."""

import asyncio

import pytest

from sparekey_token.core import crock32, payload

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio
REFUSED = (403, "otp_refused")


async def test_the_right_otp_logs_in_and_stays_until_logout(harness: Harness) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    told = (await harness.type(nonce, otp)).raise_for_status().json()
    assert told["loggedin"] is told["otplogin"] is True
    assert told["userid"] == "ada"
    assert told["accountid"] == account.reference
    assert told["userverified"] is False
    assert told == await harness.status(nonce)
    (await harness.call("POST", "sessions/logout", nonce)).raise_for_status()
    after = await harness.status(nonce)
    assert after["loggedin"] is after["otplogin"] is False
    assert after["hsid"] != told["hsid"]


@pytest.mark.parametrize("format_", ["crock32-30", "crock32-40", "crock32-60", "decimal-30"])
async def test_every_format_of_its_server(harness: Harness, format_: str) -> None:
    server = (await harness.make_server("Other", otpFormat=format_))["serverid"]
    account, nonce = await harness.enrol(server=server), fresh_nonce()
    shown = (await harness.call("GET", "sessions/qr/login", nonce, server)).text
    otp = account.otp(shown, harness.unix)
    assert (await harness.type(nonce, otp.lower(), server)).json()["otplogin"] is True


@pytest.mark.parametrize("intervals", [0, 1])
async def test_the_current_and_the_previous_interval(harness: Harness, intervals: int) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix - 120 * intervals)
    assert (await harness.type(nonce, otp)).status_code == 200


@pytest.mark.parametrize("intervals", [2, -1])
async def test_no_other_interval(harness: Harness, intervals: int) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix - 120 * intervals)
    assert code(await harness.type(nonce, otp)) == REFUSED


async def test_another_session_s_otp(harness: Harness) -> None:
    account, nonce, other = await harness.enrol(), fresh_nonce(), fresh_nonce()
    otp = account.otp(await harness.qr(other), harness.unix)
    await harness.status(nonce)
    assert code(await harness.type(nonce, otp)) == REFUSED
    assert (await harness.type(other, otp)).status_code == 200


async def test_a_session_that_nobody_began(harness: Harness) -> None:
    account = await harness.enrol()
    otp = account.otp(await harness.qr(fresh_nonce()), harness.unix)
    assert code(await harness.type(fresh_nonce(), otp)) == REFUSED


async def test_an_otp_is_used_up(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    assert (await harness.type(nonce, otp)).status_code == 200
    assert code(await harness.type(nonce, otp)) == REFUSED
    await harness.call("POST", "sessions/logout", nonce)
    await harness.status(nonce)
    assert code(await harness.type(nonce, otp)) == REFUSED


async def test_one_otp_at_once_from_everywhere_is_one_login(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    replies = await asyncio.gather(*[harness.type(nonce, otp) for _ in range(5)])
    assert sorted(reply.status_code for reply in replies) == [200, 403, 403, 403, 403]


async def test_unknown_reference_other_code_and_malformed_look_the_same(harness: Harness) -> None:
    account = await harness.enrol()
    replies = []
    for spoil in (
        lambda otp: crock32.encode(account.reference ^ 1, 6) + otp[6:],
        lambda otp: otp[:-1] + ("0" if otp[-1] != "0" else "1"),
        lambda otp: otp[:-1],
        lambda otp: "UUUUUU UUUUUU",
        lambda otp: "",
    ):
        nonce = fresh_nonce()
        replies.append(await harness.type(nonce, spoil(account.otp(await harness.qr(nonce), harness.unix))))
    assert {code(reply) for reply in replies} == {REFUSED}
    assert len({reply.content for reply in replies}) == 1


async def test_another_server_s_account(harness: Harness) -> None:
    other = (await harness.make_server("Other"))["serverid"]
    account, nonce = await harness.enrol(server=other), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    assert code(await harness.type(nonce, otp)) == REFUSED


async def test_a_blocked_account_and_one_not_confirmed(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    path = f"accounts/{account.reference}/"
    assert (await harness.call("PUT", path, params={"blocked": "true"})).json()["blocked"] is True
    assert code(await harness.type(nonce, otp)) == REFUSED
    await harness.call("PUT", path, params={"blocked": "false"})
    assert (await harness.type(nonce, otp)).status_code == 200
    await harness.call("PUT", path, params={"blocked": "true"})
    assert (await harness.status(nonce))["loggedin"] is False


async def test_an_expired_code(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    shown = await harness.qr(nonce)
    harness.now += 541
    assert code(await harness.type(nonce, account.otp(shown, harness.unix))) == REFUSED
    assert await harness.qr(nonce) != shown


async def test_five_tries_a_session_and_a_new_code_for_more(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    for _ in range(5):
        assert code(await harness.type(nonce, "000000 000000")) == REFUSED
    assert code(await harness.type(nonce, otp)) == (403, "session_locked")
    assert code(await harness.call("GET", "sessions/", nonce)) == (403, "session_locked")
    shown = (await harness.call("GET", "sessions/qr/login", nonce)).text
    assert (await harness.type(nonce, account.otp(shown, harness.unix))).status_code == 200


async def test_five_tries_at_once_are_five(harness: Harness) -> None:
    nonce = fresh_nonce()
    await harness.status(nonce)
    replies = await asyncio.gather(*[harness.type(nonce, "000000 000000") for _ in range(12)])
    assert sorted(code(reply)[1] for reply in replies) == ["otp_refused"] * 5 + ["session_locked"] * 7


async def wrong(harness: Harness, reference: int) -> tuple[int, str]:
    nonce = fresh_nonce()
    await harness.status(nonce)
    return code(await harness.type(nonce, crock32.encode(reference, 6) + "000000"))


async def test_ten_wrong_tries_an_account_then_a_pause_that_doubles(harness: Harness) -> None:
    account = await harness.enrol()
    for _ in range(10):
        assert await wrong(harness, account.reference) == REFUSED
    nonce = fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    throttled = await harness.type(nonce, otp)
    assert code(throttled) == (429, "throttled")
    assert throttled.headers["retry-after"] == "240"
    harness.now += 240
    for _ in range(10):
        assert await wrong(harness, account.reference) == REFUSED
    assert (await harness.type(nonce, otp)).headers["retry-after"] == "480"
    harness.now += 480
    nonce = fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    assert (await harness.type(nonce, otp)).status_code == 200
    for _ in range(10):
        assert await wrong(harness, account.reference) == REFUSED
    again = await harness.type(nonce, otp)
    assert again.headers["retry-after"] == "240"


async def test_a_reference_without_an_account_is_throttled_the_same(harness: Harness) -> None:
    replies = [await wrong(harness, 12345) for _ in range(11)]
    assert replies == [REFUSED] * 10 + [(429, "throttled")]


async def test_many_at_once_are_throttled_as_many(harness: Harness) -> None:
    replies = await asyncio.gather(*[wrong(harness, 777) for _ in range(15)])
    assert sorted(replies) == [REFUSED] * 10 + [(429, "throttled")] * 5


async def test_enable_otp_off_is_off_at_once_and_in_new_codes(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    path = f"/servers/{harness.serverid}/"
    (await harness.http.put(path, json={"serverFlags": []})).raise_for_status()
    assert code(await harness.type(nonce, otp)) == (403, "otp_not_enabled")
    shown = payload.read(await harness.qr(fresh_nonce()))
    assert isinstance(shown, payload.Login)
    assert shown.otp_allowed is False
    (await harness.http.put(path, json={"serverFlags": ["ENABLE_OTP"]})).raise_for_status()
    assert (await harness.type(nonce, otp)).status_code == 200


async def test_a_later_online_login_takes_the_otp_s_place(harness: Harness) -> None:
    account, nonce = await harness.enrol(pin=1), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    assert (await harness.type(nonce, otp)).json()["userverified"] is True
    shown = (await harness.call("GET", "sessions/qr/login", nonce)).text
    assert (await harness.status(nonce))["otplogin"] is True
    hsid = (await harness.status(nonce))["hsid"]
    challenge = (await harness.http.get(f"/app/sessions/{hsid}")).json()["challenge"]
    body = account.proof(shown, challenge, 1)
    assert (await harness.http.post(f"/app/sessions/{hsid}/login", json=body)).json() == {"loggedin": True}
    status = await harness.status(nonce)
    assert (status["loggedin"], status["otplogin"], status["userverified"]) == (True, False, True)


async def test_every_try_is_in_the_audit_log_without_its_otp(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    await harness.type(nonce, "000000 000000")
    await harness.type(nonce, otp)
    rows = await harness.service.store.read(
        lambda t: t.all("SELECT event, outcome, reason, account FROM audit ORDER BY id")
    )
    assert rows == [
        ("enrolment", "active", "", account.reference),
        ("otplogin", "refused", "no_account", 0),
        ("otplogin", "accepted", "", account.reference),
    ]
