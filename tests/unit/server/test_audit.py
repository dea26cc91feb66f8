"""How enrolments came out is in the audit log as rows and as JSON lines, once each, without a secret."""

import json
import logging
from typing import Any

import pytest

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
