"""Live status: what one page does, another hears at once, through whatever worker."""

import asyncio
import json
import time
from collections.abc import Callable

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.simulated_account import SimulatedAccount
from tests.web_application import WebApplication, fresh_nonce

from .running_server import RunningServer

pytestmark = pytest.mark.anyio


async def test_login_logout_and_enrolment_are_told(
    run_server: Callable[..., RunningServer], store_options: list[str]
) -> None:
    server = run_server(*store_options)
    # a second worker on the same store hears only through the database
    other = run_server(*store_options) if store_options else server
    async with server.client() as http:
        web = WebApplication(http, time.time)
        web.serverid = (await web.make_server("Live"))["serverid"]
        account, nonce = await web.enrol(), fresh_nonce()
        shown, hsid = await web.qr(nonce), (await web.status(nonce))["hsid"]
        address = "ws" + other.url.removeprefix("http") + "/live"
        async with connect(address, open_timeout=60) as page:
            await page.send(json.dumps({"type": "REGISTER", "hsid": hsid}))
            async with asyncio.timeout(60), other.client() as there:
                while "sparekey_live_listeners 1\n" not in (await there.get("/metrics")).text:
                    await asyncio.sleep(0.02)
            text = (await web.call("GET", "sessions/qr/enrol", nonce, params={"userid": "x"})).text
            await SimulatedAccount().enrol(http, text)
            assert json.loads(await page.recv()) == {"type": "ENROL", "hsid": hsid}
            assert json.loads(await page.recv())["type"] == "ENROL"
            await web.type(nonce, account.otp(shown, time.time()))
            assert json.loads(await page.recv()) == {"type": "LOGIN", "hsid": hsid}
            await web.call("POST", "sessions/logout", nonce)
            assert json.loads(await page.recv()) == {"type": "LOGOUT", "hsid": hsid}


@pytest.mark.parametrize(
    "said", ["", "{}", '{"type": "REGISTER"}', "[1", '{"type":"REGISTER","hsid":"x"}', "x" * 9999]
)
async def test_who_says_anything_else_is_let_go(run_server: Callable[..., RunningServer], said: str) -> None:
    server = run_server()
    async with connect("ws" + server.url.removeprefix("http") + "/live", open_timeout=60) as page:
        await page.send(said)
        with pytest.raises(ConnectionClosed):
            await page.recv()
    async with connect("ws" + server.url.removeprefix("http") + "/live", open_timeout=60) as page:
        await page.send(b"bytes")
        with pytest.raises(ConnectionClosed):
            await page.recv()
    assert '"fault"' not in server.log()
