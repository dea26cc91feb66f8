"""How enrolments came out is in the audit log as rows and as JSON lines, once each, without a secret."""

import json
import logging
from typing import Any

import pytest

from sparekey.server import sweep
from sparekey.server.accounts import enrolments
from sparekey.server.errors import ApiError
from sparekey.server.monitoring import audit
from sparekey.server.monitoring.logs import JsonLines
from sparekey_token.core import payload
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio
REVEAL = {"public_key": "11" * 32, "token_nonce": "22" * 16, "pin": 0, "proof": "33" * 32, "description": ""}
COMMIT = {"commitment": bytes(32).hex()}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "sparekey.audit"]


async def test_an_enrolment_s_end_is_a_line_as_it_is_a_row(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sparekey.audit")
    secrets = []

    async def begun(nonce: str) -> tuple[str, str]:
        asked = {"userid": "ada.lovelace", "name": "ada.lovelace"}
        text = (await harness.call("GET", "sessions/qr/enrol", nonce, params=asked)).text
        return text, f"/app/enrolments/{payload.read(text).enrolment_id.hex()}/"

    async def confirm(nonce: str, checkcode: str) -> None:
        await harness.call("POST", "sessions/enrolment/confirm", nonce, json={"checkcode": checkcode})

    nonce, account = fresh_nonce(), SimulatedAccount()
    await account.enrol(harness.http, (await begun(nonce))[0])
    await confirm(nonce, account.check_code)
    other = SimulatedAccount()
    await begun(nonce)  # over already: nothing more is told of it
    text, _ = await begun(nonce)
    await other.enrol(harness.http, text)
    await confirm(nonce, "000000")
    _, path = await begun(nonce)
    await harness.http.post(path + "reveal", json=REVEAL)
    _, path = await begun(nonce)
    await harness.http.post(path + "commit", json=COMMIT)
    await harness.http.post(path + "commit", json=COMMIT)
    _, path = await begun(nonce)
    await harness.http.post(path + "commit", json=COMMIT)
    assert code(await harness.http.post(path + "reveal", json=REVEAL)) == (409, "enrolment_refused")
    _, path = await begun(nonce)
    harness.now += 601
    await harness.http.post(path + "commit", json=COMMIT)
    for one in (account, other):
        secrets += [one.key.hex(), one.check_code, nonce]

    rows = await harness.service.store.read(
        lambda t: t.all("SELECT at, server, account, outcome, reason FROM audit ORDER BY id")
    )
    assert [(outcome, reason) for *_, outcome, reason in rows] == [
        ("active", ""),
        ("ended", "begun_anew"),
        ("ended", "code_differs"),
        ("ended", "out_of_order"),
        ("ended", "second_commitment"),
        ("ended", "proof_refused"),
        ("ended", "expired"),
    ]
    told = lines(caplog)
    assert {line["message"] for line in told} == {"enrolment"}
    assert [
        (
            line["at"],
            line["server"],
            audit.NO_ACCOUNT if line["account"] is None else line["account"],
            line["outcome"],
            line["reason"],
        )
        for line in told
    ] == rows
    assert [line["account"] for line in told] == [account.reference, None, other.reference, *[None] * 4]
    text = json.dumps(told)
    for secret in (*secrets, "ada.lovelace"):
        assert secret not in text


async def test_what_does_not_become_a_row_is_not_told(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sparekey.audit")

    def refused(_transaction: object, trail: audit.Trail) -> None:
        trail.append(audit.Event(1, 1, "enrolment", "active"))
        raise ApiError("wrong_state")

    with pytest.raises(ApiError):
        await audit.write(harness.service.store, refused)
    assert lines(caplog) == []
    assert await harness.service.store.read(lambda t: t.all("SELECT id FROM audit")) == []


async def test_an_enrolment_that_nobody_finishes_is_told_once(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sparekey.audit")
    waiting, checked, anew = fresh_nonce(), fresh_nonce(), fresh_nonce()
    account = SimulatedAccount()
    for nonce in (waiting, checked, anew):
        asked = {"userid": "ada", "name": "ada"}
        text = (await harness.call("GET", "sessions/qr/enrol", nonce, params=asked)).text
        if nonce == checked:
            await account.enrol(harness.http, text)
    await sweep.bite(harness.service)
    assert lines(caplog) == []  # their time isn't over
    harness.now += enrolments.LASTS
    late = await harness.call(
        "POST", "sessions/enrolment/confirm", checked, json={"checkcode": account.check_code}
    )
    assert code(late) == (409, "wrong_state")
    await harness.call("GET", "sessions/qr/enrol", anew, params={"userid": "ada"})
    for _ in range(2):
        await sweep.bite(harness.service)
    told = [(line["outcome"], line["reason"], line["account"]) for line in lines(caplog)]
    assert told[0] == ("ended", "expired", None)  # that begun anew was over already
    assert sorted(told[1:], key=str) == [
        ("ended", "expired", account.reference),
        ("ended", "expired", None),
    ]
    rows = await harness.service.store.read(lambda t: t.all("SELECT outcome, reason FROM audit"))
    assert rows == [("ended", "expired")] * 3
    assert await harness.service.store.read(lambda t: t.all("SELECT ref FROM accounts")) == []
    assert (await harness.call("GET", "sessions/enrolment", waiting)).json()["state"] == "ended"


async def test_what_expired_while_no_server_ran_is_told_too(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sparekey.audit")
    for _ in range(sweep.BITE + 1):
        await harness.call("GET", "sessions/qr/enrol", fresh_nonce(), params={"userid": "ada"})
    harness.now += 86400
    while await sweep.bite(harness.service):
        pass
    assert [line["reason"] for line in lines(caplog)] == ["expired"] * (sweep.BITE + 1)
    assert await harness.service.store.read(lambda t: t.all("SELECT id FROM enrolments")) == []
