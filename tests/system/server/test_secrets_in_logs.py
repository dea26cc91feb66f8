"""No log line has a key, an OTP, a nonce or a proof in it, whatever goes wrong."""

import json
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.simulated_account import SimulatedAccount
from tests.web_application import WebApplication, fresh_nonce

from .running_server import RunningServer

pytestmark = pytest.mark.anyio


async def test_logs_hold_no_secret(run_server: Callable[..., RunningServer]) -> None:
    server = run_server("--demo", "--log-level", "debug")
    secrets = [(server.data / "apikey").read_text().strip()]
    secrets += [line.split(":")[1] for line in (server.data / "master.key").read_text().split()]
    async with server.client() as http:
        web = WebApplication(http, time.time)
        web.serverid = (await web.make_server("Logs"))["serverid"]
        key = (await http.post("/apikeys/", json={"description": "x"})).json()["apikey"]
        accounts: list[SimulatedAccount] = []
        enrolled = 0
        while len(accounts) < 3:
            account = await web.enrol(f"user{enrolled}", enrolled % 2)
            enrolled += 1
            if _in_no_log_by_chance(account.check_code):
                accounts.append(account)
        secrets += [key, *(account.key.hex() for account in accounts)]
        checkcodes = [account.check_code.lower() for account in accounts]
        for account in accounts:
            for ago in (0, 400):
                nonce = fresh_nonce()
                shown = await web.qr(nonce)
                otp = account.otp(shown, time.time() - ago)
                await web.type(nonce, otp)
                await web.type(nonce, otp + "!")
                hsid = (await web.status(nonce))["hsid"]
                body = account.proof(shown, "00" * 16, 0)
                await http.post(f"/app/sessions/{hsid}/login", json=body)
                await http.post(f"/app/sessions/{hsid}/login", content=json.dumps(body)[:-1])
                secrets += [otp, otp.replace(" ", ""), nonce, str(body["proof"])]
                await http.get(f"/servers/{web.serverid}/sessions/", headers={"X-nonce": nonce + "?"})
        # a fault inside: an account's key that doesn't open
        with closing(sqlite3.connect(server.data / "sparekey.db")) as database, database:
            database.execute("UPDATE accounts SET sealed_key = substr(sealed_key, 1, 20)")
        nonce = fresh_nonce()
        otp = accounts[0].otp(await web.qr(nonce), time.time())
        assert (await web.type(nonce, otp)).status_code == 500
        secrets.append(otp.replace(" ", ""))
    server.stop()
    log = server.log()
    lines = [json.loads(line) for line in log.splitlines()]
    assert sum(line["logger"] == "sparekey.audit" for line in lines) > 10
    assert sum(line["message"] == "enrolment" and line["outcome"] == "active" for line in lines) == enrolled
    assert any(line.get("fault") == "KeyFault" for line in lines)
    assert not [checkcode for checkcode in checkcodes if checkcode in log.lower()]
    for secret in secrets:
        assert len(secret) > 10
        assert secret.lower() not in log.lower()


def _in_no_log_by_chance(checkcode: str) -> bool:
    """Whether its six characters are neither part of a number in hex nor of a word."""
    return bool(re.search("[g-z]", checkcode.lower()) and re.search("[0-9]", checkcode))
