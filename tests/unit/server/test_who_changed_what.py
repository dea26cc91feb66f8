"""Who changed what is in the audit log: with the role, and never with a key."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sparekey.cli.server import server
from sparekey.server.monitoring import audit
from sparekey.server.monitoring.logs import JsonLines
from sparekey.server.store import open_store
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio


async def kept(harness: Harness) -> list[tuple[object, ...]]:
    """What roles changed: role, event, outcome, reason, account and whether it is about the server."""
    rows = await harness.service.store.read(
        lambda t: t.all(
            "SELECT a.role, a.event, a.outcome, a.reason, a.account, v.serverid IS NOT NULL"
            " FROM audit a LEFT JOIN servers v ON v.id = a.server WHERE a.role <> '' ORDER BY a.id"
        )
    )
    return [(*row[:5], bool(row[5])) for row in rows]


async def test_accounts_and_users(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sparekey.audit")
    one, other = await harness.enrol("ada"), await harness.enrol("bob")
    before = len(await kept(harness))
    path = f"accounts/{one.reference}/"
    for blocked in ("true", "true", "false"):  # what was so already changes nothing
        await harness.call("PUT", path, params={"blocked": blocked})
    await harness.call("PUT", path + "user", params={"userid": "eve"})
    await harness.call("DELETE", path)
    await harness.call("DELETE", path)  # not there any more
    await harness.call("DELETE", "users/bob/")
    changes = [
        ("root", "account", "blocked", "", one.reference, True),
        ("root", "account", "unblocked", "", one.reference, True),
        ("root", "account", "given", "eve", one.reference, True),
        ("root", "account", "removed", "eve", one.reference, True),
        ("root", "account", "removed", "bob", other.reference, True),
        ("root", "user", "removed", "bob", -1, True),
    ]
    assert (await kept(harness))[before:] == changes
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "sparekey.audit"]
    told = [
        (line["role"], line["message"], line["outcome"], line["reason"]) for line in lines if "role" in line
    ]
    assert told == [change[:4] for change in changes]


async def test_an_account_that_registers_for_another_user(harness: Harness) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    await harness.call("POST", "sessions/registeruser", nonce, params={"userid": "eve"})
    assert (await kept(harness))[-1] == ("root", "account", "given", "eve", account.reference, True)


@pytest.mark.parametrize("revealed", [True, False])
async def test_a_removed_user_gets_no_token_by_an_enrolment_of_before(
    harness: Harness, revealed: bool
) -> None:
    await harness.enrol("ada")
    nonce, account = fresh_nonce(), SimulatedAccount()
    shown = await harness.call("GET", "sessions/qr/enrol", nonce, params={"userid": "ada", "name": "ada"})
    if revealed:
        await account.enrol(harness.http, shown.text)
    await harness.call("DELETE", "users/ada/")
    assert (await harness.call("GET", "sessions/enrolment", nonce)).json()["state"] == "ended"
    refused = await harness.call(
        "POST", "sessions/enrolment/confirm", nonce, json={"checkcode": account.check_code or "000000"}
    )
    assert code(refused) == (409, "wrong_state")
    assert (await harness.call("GET", "users/")).json()["totalnumber"] == 0
    reasons = await harness.service.store.read(
        lambda t: t.all("SELECT reason FROM audit WHERE event = 'enrolment' AND outcome = 'ended'")
    )
    assert reasons == [("user_removed",)]


async def test_a_server_s_settings(harness: Harness) -> None:
    await harness.make_server("Other")
    assert (await kept(harness))[-1][:4] == ("root", "server", "made", "Other, of root")
    before = len(await kept(harness))
    for change in (
        {"serverFlags": []},
        {"serverFlags": []},
        {"serverFlags": ["ENABLE_OTP", "OTHER"], "pinTimeout": 5, "siteurl": "https://a"},
        {"otpFormat": "decimal-30", "owner": "shop"},
    ):
        (await harness.call("PUT", "", json=change)).raise_for_status()
    assert [row[2:4] for row in (await kept(harness))[before:]] == [
        ("changed", "ENABLE_OTP off"),
        ("changed", "ENABLE_OTP on, OTHER on, pin_timeout 5, siteurl"),
        ("changed", "otp_format decimal-30, owner shop"),
    ]


async def test_roles_and_keys_and_who_acts_for_whom(harness: Harness) -> None:
    made = {"description": "x", "role": "shop", "permissions": ["sessions", "createserver"]}
    key = (await harness.http.post("/apikeys/", json=made)).json()["apikey"]
    assert [row[:4] for row in await kept(harness)][-2:] == [
        ("root", "role", "made", "shop: createserver, sessions"),
        ("root", "apikey", "made", "2 of shop"),
    ]
    await harness.http.post("/servers/", json={"serverName": "Shop"}, headers={"X-su": "shop"})
    assert (await kept(harness))[-1][:4] == ("root as shop", "server", "made", "Shop, of shop")
    rows = await harness.service.store.read(lambda t: t.all("SELECT reason FROM audit"))
    assert key not in str(rows)


async def test_what_is_refused_leaves_nothing(harness: Harness) -> None:
    before = await kept(harness)
    asked = {"description": "x", "role": "shop", "permissions": ["nothing"]}
    assert (await harness.http.post("/apikeys/", json=asked)).status_code == 400
    assert (await harness.call("PUT", "", json={"serverFlags": [], "serverpk": "x"})).status_code == 400
    assert await kept(harness) == before


def command(data: Path, *words: str) -> Any:
    """What a command answers in JSON."""
    done = CliRunner().invoke(server, [*words, "--data", str(data)])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_commands_are_told_by_the_audit_command(tmp_path: Path) -> None:
    async def empty() -> None:
        store = open_store(tmp_path)
        await store.start()
        await store.stop()

    asyncio.run(empty())
    key = command(tmp_path, "keys", "add", "shop", "--permission", "sessions", "--json")[0]["apikey"]
    serverid = command(tmp_path, "servers", "add", "Shop", "--owner", "shop", "--json")[0]["serverid"]
    command(tmp_path, "servers", "set", serverid, "--no-otp", "--json")
    command(tmp_path, "rotate-key", "--json")
    command(tmp_path, "rotate-key", "--reseal-only", "--json")
    command(tmp_path, "backup", str(tmp_path / "backup"), "--json")
    command(tmp_path, "keys", "remove", "1")
    rows = command(tmp_path, "restore", str(tmp_path / "backup"), "--yes", "--json")["rows"]
    command(tmp_path, "keys", "remove", "1")
    told = command(tmp_path, "audit", "--json")
    assert {one["role"] for one in told} == {audit.COMMAND}
    assert [(one["event"], one["outcome"], one["reason"]) for one in told] == [
        ("role", "made", "shop: sessions"),
        ("apikey", "made", "1 of shop"),
        ("server", "made", "Shop, of shop"),
        ("server", "changed", "ENABLE_OTP off"),
        ("master_key", "rotated", "1 keys are under 2"),
        ("master_key", "resealed", "0 keys are under 2"),
        ("store", "restored", f"{rows} rows"),
        ("apikey", "removed", "1 of shop"),
    ]
    assert [one["serverid"] for one in told] == [None, None, serverid, serverid, None, None, None, None]
    table = command(tmp_path, "audit")
    assert "(command)" in table
    assert key not in table
