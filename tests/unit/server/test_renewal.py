"""The page renews its QR code between scan and typing: what was made for the code before still works."""

import asyncio
import base64
from pathlib import Path

import pytest

from sparekey.server import sweep
from sparekey.server.keys.master_key import of_account
from sparekey.server.login import session_life
from sparekey.server.login.session_life import nonce_hash
from sparekey.server.monitoring import audit
from sparekey.server.store import open_store, schema
from sparekey_token.core import compose, payload
from sparekey_token.core import otp as one_time
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio
REFUSED = (403, "otp_refused")
TO_EXPIRY = 300


async def renewed(harness: Harness, nonce: str, before: str) -> str:
    """The QR code after the one ``before``, once that has expired."""
    harness.now += TO_EXPIRY
    shown = await harness.qr(nonce)
    assert shown != before
    return shown


async def late(harness: Harness, nonce: str, seconds: int, *, page_renews: bool = True) -> tuple[int, str]:
    """Types an OTP made at the last moment of its QR code, ``seconds`` after that expired."""
    account, shown = await harness.enrol(), await harness.qr(nonce)
    otp = account.otp(shown, harness.unix + TO_EXPIRY - 1)
    if page_renews:
        await renewed(harness, nonce, shown)
    else:
        harness.now += TO_EXPIRY
    harness.now += seconds
    reply = await harness.type(nonce, otp)
    return (200, "") if reply.status_code == 200 else code(reply)


# the second of its interval that the code expires in, and how long an OTP of its last second is good then
@pytest.mark.parametrize("page_renews", [True, False])
@pytest.mark.parametrize(("second", "lasts"), [(119, 120), (1, 238)])
async def test_an_otp_outlives_its_qr_code_by_its_own_two_intervals(
    harness: Harness, page_renews: bool, second: int, lasts: int
) -> None:
    harness.now += (second - TO_EXPIRY - int(harness.now)) % 120
    assert await late(harness, fresh_nonce(), lasts, page_renews=page_renews) == (200, "")
    harness.now += (second - TO_EXPIRY - int(harness.now)) % 120
    assert await late(harness, fresh_nonce(), lasts + 1, page_renews=page_renews) == REFUSED


async def test_nor_what_a_token_with_a_late_clock_makes_for_it(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    shown = await harness.qr(nonce)
    await renewed(harness, nonce, shown)
    harness.now += 239
    assert code(await harness.type(nonce, account.otp(shown, harness.unix - 240))) == REFUSED
    harness.now += 1
    assert code(await harness.type(nonce, account.otp(shown, harness.unix))) == REFUSED


async def test_the_login_is_the_session_s_and_the_audit_row_the_scanned_code_s(harness: Harness) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    before = await harness.qr(nonce)
    shown = await renewed(harness, nonce, before)
    told: asyncio.Queue[str] = asyncio.Queue()
    harness.service.store.listen(told.put_nowait)
    got = (await harness.type(nonce, account.otp(before, harness.unix))).raise_for_status().json()
    assert got == await harness.status(nonce)
    assert (got["otplogin"], got["userid"]) == (True, "ada")
    hsids = [payload.read(text).session_id.hex() for text in (before, shown)]
    assert got["hsid"] == hsids[1]
    rows = await harness.service.store.read(
        lambda t: t.all("SELECT hsid FROM audit WHERE event = 'otplogin' AND outcome = 'accepted'")
    )
    assert [bytes(row[0]).hex() for row in rows] == hsids[:1]
    heard: list[str] = []
    async with asyncio.timeout(60):  # PostgreSQL tells its listeners after the commit
        while len(heard) < 2:
            news = await told.get()
            if not news.startswith("ENROL "):  # which may be late
                heard.append(news)
    assert sorted(heard) == sorted(f"LOGIN {hsid}" for hsid in hsids)  # pages that show either hear of it


async def test_one_login_for_both_codes(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    before = await harness.qr(nonce)
    shown = await renewed(harness, nonce, before)
    otps = [account.otp(text, harness.unix) for text in (before, shown)]
    replies = await asyncio.gather(*[harness.type(nonce, otp) for otp in (*otps, *otps)])
    assert sorted(reply.status_code for reply in replies) == [200, 403, 403, 403]
    await harness.call("POST", "sessions/logout", nonce)
    for _ in range(2):  # before the page asks for a new code, and after
        for otp in otps:
            assert code(await harness.type(nonce, otp)) == REFUSED
        await harness.status(nonce)


async def test_a_locked_code_does_not_come_back(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    before = await harness.qr(nonce)
    for _ in range(5):
        assert code(await harness.type(nonce, "000000 000000")) == REFUSED
    shown = await renewed(harness, nonce, before)
    assert code(await harness.type(nonce, account.otp(before, harness.unix))) == REFUSED
    assert (await harness.type(nonce, account.otp(shown, harness.unix))).status_code == 200


async def test_a_code_meets_five_tries_in_its_life(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    before = await harness.qr(nonce)
    for _ in range(3):
        assert code(await harness.type(nonce, "000000 000000")) == REFUSED
    shown = await renewed(harness, nonce, before)
    for _ in range(2):
        assert code(await harness.type(nonce, "000000 000000")) == REFUSED
    assert code(await harness.type(nonce, account.otp(before, harness.unix))) == REFUSED
    assert code(await harness.type(nonce, "000000 000000")) == REFUSED
    assert (await harness.type(nonce, account.otp(shown, harness.unix))).status_code == 200


async def test_a_renewal_gives_no_more_than_five_tries(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    before = await harness.qr(nonce)
    await renewed(harness, nonce, before)
    for _ in range(5):
        assert code(await harness.type(nonce, "000000 000000")) == REFUSED
    assert code(await harness.type(nonce, account.otp(before, harness.unix))) == (403, "session_locked")


async def test_two_renewals_end_it(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    before = await harness.qr(nonce)
    between = await renewed(harness, nonce, before)
    await renewed(harness, nonce, between)
    assert code(await harness.type(nonce, account.otp(before, harness.unix))) == REFUSED
    assert (await harness.type(nonce, account.otp(between, harness.unix))).status_code == 200


async def test_an_online_login_goes_on_too(harness: Harness) -> None:
    account, nonce = await harness.enrol(), fresh_nonce()
    before = await harness.qr(nonce)
    path = f"/app/sessions/{payload.read(before).session_id.hex()}"
    await renewed(harness, nonce, before)
    session = (await harness.http.get(path)).raise_for_status().json()
    assert session["expires"] == payload.read(before).expires
    body = account.proof(before, session["challenge"], 0)
    replies = await asyncio.gather(*[harness.http.post(path + "/login", json=body) for _ in range(3)])
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409]
    status = await harness.status(nonce)
    assert (status["loggedin"], status["otplogin"]) == (True, False)
    assert code(await harness.type(nonce, account.otp(before, harness.unix))) == REFUSED
    payment = {"amount": "1", "benificiary": "Bob", "description": ""}
    (await harness.call("POST", "sessions/transactions", nonce, json=payment)).raise_for_status()
    assert len((await harness.http.get(path + "/transactions")).json()["transactions"]) == 1


async def test_an_online_login_ends_where_an_otp_would(harness: Harness) -> None:
    nonce = fresh_nonce()
    before = await harness.qr(nonce)
    path = f"/app/sessions/{payload.read(before).session_id.hex()}"
    shown = await renewed(harness, nonce, before)
    harness.now += 240
    assert code(await harness.http.get(path)) == (410, "expired")
    path = f"/app/sessions/{payload.read(shown).session_id.hex()}"
    for _ in range(5):
        await harness.type(nonce, "000000 000000")
    assert code(await harness.http.get(path)) == (403, "session_locked")
    await harness.call("GET", "sessions/qr/login", nonce)
    assert code(await harness.http.get(path)) == (404, "no_session")


async def test_every_refusal_takes_four_codes_and_the_shown_code_s_otp_no_more_than_two(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, blocked = await harness.enrol("ada"), await harness.enrol("eve")
    await harness.call("PUT", f"accounts/{blocked.reference}/", params={"blocked": "true"})
    computed: list[bytes] = []
    real = one_time.code

    def counted(key: bytes, body: bytes, t: int, format_: str = one_time.DEFAULT) -> str:
        computed.append(body)
        return real(key, body, t, format_)

    async def session(renewals: int) -> tuple[str, str, str]:
        nonce = fresh_nonce()
        before = shown = await harness.qr(nonce)
        if renewals:
            shown = await renewed(harness, nonce, before)
        return nonce, before, shown

    async def takes(nonce: str, typed: str, status: int) -> int:
        computed.clear()
        monkeypatch.setattr(one_time, "code", counted)
        assert (await harness.type(nonce, typed)).status_code == status
        monkeypatch.undo()
        return len(computed)

    for renewals in (0, 1):
        nonce, before, shown = await session(renewals)
        assert await takes(nonce, blocked.otp(before, harness.unix), 403) == 4
        assert await takes(nonce, account.otp(shown, harness.unix - 240), 403) == 4
        assert await takes(nonce, "000001 000000", 403) == 4
        assert await takes(nonce, account.otp(shown, harness.unix), 200) == 1
        assert await takes(nonce, account.otp(before, harness.unix), 403) == 4  # used up
        nonce, before, shown = await session(renewals)
        assert await takes(nonce, account.otp(shown, harness.unix - 120), 200) == 2
    assert await takes(fresh_nonce(), account.otp(shown, harness.unix), 403) == 4  # no session at all


async def test_every_refusal_opens_one_key(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    shown = await harness.qr(nonce)
    opened: list[bytes] = []
    real = harness.service.keys.open

    def counted(sealed: bytes, identity: bytes) -> bytes:
        opened.append(identity)
        return real(sealed, identity)

    monkeypatch.setattr(harness.service.keys, "open", counted)
    for typed in (account.otp(shown, harness.unix - 240), "000001 000000", "malformed"):
        opened.clear()
        assert code(await harness.type(nonce, typed)) == REFUSED
        assert len(opened) == 1


async def test_a_database_from_before_is_brought_up_to_it(
    database: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path, database)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "STEPS", schema.STEPS[:2])
        patched.setattr(audit, "keep", lambda transaction, events: None)  # it needs today's tables
        await store.start()
        before = Harness(store, tmp_path)
        await before.begin()
    account, nonce = SimulatedAccount(), "ab" * 32
    account.key, account.reference, account.format = bytes(range(32)), 7, "crock32-30"
    hsid, expires = bytes(range(16)), int(before.now) + 300
    serverid = base64.urlsafe_b64decode(before.serverid + "=")
    sealed = before.service.keys.seal(account.key, of_account(serverid, account.reference))
    # by hand: today's steps of an enrolment need today's tables
    columns = "server, ref, sealed_key, format, pin, public_key, description, active, blocked, created"
    await store.write(
        lambda t: t.run(
            f"INSERT INTO accounts ({columns}) SELECT id, ?, ?, ?, 0, ?, '', 1, 0, 0 FROM servers",
            account.reference,
            sealed,
            account.format,
            bytes(32),
        )
    )
    shown = compose.login_body(serverid, hsid, expires, True, "Test", "")
    kept = "server, nonce, hsid, qr, challenge, expires, tries, used, by_otp, verified, ends"
    await store.write(
        lambda t: t.run(
            f"INSERT INTO sessions ({kept}) SELECT id, ?, ?, ?, ?, ?, 0, 0, 0, 0, ? FROM servers",
            nonce_hash(serverid, bytes.fromhex(nonce)),
            hsid,
            shown,
            bytes(16),
            expires,
            expires + 3600,
        )
    )
    await before.end()
    await store.stop()
    store = open_store(tmp_path, database)
    await store.start()
    after = Harness(store, tmp_path)
    after.now = before.now
    after.http.headers["X-apikey"] = before.http.headers["X-apikey"]
    after.serverid = before.serverid
    text = await after.qr(nonce)
    assert text == compose.to_text(shown)
    await renewed(after, nonce, text)
    assert (await after.type(nonce, account.otp(text, after.unix))).status_code == 200
    await after.end()
    await store.stop()


@pytest.mark.parametrize("path", ["sessions/qr/login", "sessions/html/login"])
async def test_a_code_asked_for_meanwhile_makes_no_login_longer(harness: Harness, path: str) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    harness.now += 29 * 86400
    await harness.call("GET", path, nonce)
    assert (await harness.status(nonce))["loggedin"]
    harness.now += 86400
    await sweep.bite(harness.service)
    assert not (await harness.status(nonce))["loggedin"]


async def test_a_renewal_that_meets_a_login_makes_it_no_shorter(harness: Harness) -> None:
    """The page polls as the login comes: what the renewal read before is not so any more."""
    account, nonce, store = await harness.enrol("ada"), fresh_nonce(), harness.service.store
    shown = await harness.qr(nonce)
    harness.now += 400
    server, hashed = await store.read(lambda t: t.one("SELECT server, nonce FROM sessions")) or (0, b"")
    seen = await store.read(lambda t: session_life.of_nonce(t, server, bytes(hashed)))
    await harness.type(nonce, account.otp(shown, harness.unix - 100))
    now = harness.service.now()
    await store.write(lambda t: session_life.renew(t, server, bytes(hashed), now, "", seen))
    harness.now += 29 * 86400
    await sweep.bite(harness.service)
    assert (await harness.status(nonce))["loggedin"]
