"""The server as a process: how it starts, what outlives a kill, how it stops."""

import asyncio
import json
import shlex
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sparekey_token.core import crock32, payload
from tests.web_application import WebApplication, code, fresh_nonce

from .running_server import RunningServer

pytestmark = pytest.mark.anyio


async def test_what_was_answered_outlives_kill_9(
    run_server: Callable[..., RunningServer], store_options: list[str]
) -> None:
    server = run_server(*store_options)
    async with server.client() as http:
        web = WebApplication(http, time.time)
        web.serverid = (await web.make_server("Test"))["serverid"]
        account, nonce = await web.enrol(), fresh_nonce()
        otp = account.otp(await web.qr(nonce), time.time())
        told = (await web.type(nonce, otp)).json()
        server.kill()
        server.start()
        assert await web.status(nonce) == told
        assert code(await web.type(nonce, otp)) == (403, "otp_refused")


async def test_tries_and_throttles_outlive_kill_9(
    run_server: Callable[..., RunningServer], store_options: list[str]
) -> None:
    server = run_server(*store_options)
    async with server.client() as http:
        web = WebApplication(http, time.time)
        web.serverid = (await web.make_server("Test"))["serverid"]
        account = await web.enrol()
        wrong = crock32.encode(account.reference, 6) + "000000"
        nonces = [fresh_nonce(), fresh_nonce(), fresh_nonce()]
        for nonce in nonces:
            await web.status(nonce)
        for n in range(10):
            if n in (3, 7):
                server.kill()
                server.start()
            assert code(await web.type(nonces[n // 5], wrong)) == (403, "otp_refused")
        server.kill()
        server.start()
        assert code(await web.type(nonces[0], wrong)) == (403, "session_locked")
        assert code(await web.type(nonces[2], wrong)) == (429, "throttled")


@pytest.mark.parametrize("option", ["--listen", "--app-listen", "--control"])
def test_an_address_that_is_taken_is_named_with_its_option(option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        options = {"--listen": "127.0.0.1:0", "--app-listen": "127.0.0.1:0", option: address}
        command = [sys.executable, "-m", "sparekey", "server", "run", "--data", str(tmp_path)]
        command += [word for pair in options.items() for word in pair]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == (
        f"The server can't start: {address} is in use by another program."
        f" Choose another {option}; '{option} 127.0.0.1:0' takes a free port.\n"
    )


async def test_files_are_the_owner_s_and_sigterm_is_a_clean_end(
    run_server: Callable[..., RunningServer],
) -> None:
    server = run_server()
    for name in ("apikey", "master.key", "sparekey.db"):
        assert stat.S_IMODE((server.data / name).stat().st_mode) == 0o600
    assert server.stop() == 0


async def test_it_says_where_the_first_api_key_is_and_shows_none(
    run_server: Callable[..., RunningServer], store_options: list[str]
) -> None:
    server = run_server(*store_options)
    key = (server.data / "apikey").read_text().strip()
    server.stop()
    about, said = f"root's API key is in {server.data / 'apikey'}; ", server.said
    assert said.startswith(about)
    command = said.strip().partition(": ")[2]
    assert command.startswith("sparekey server keys add shop --permission sessions --data ")
    words = [word if word != "URL" else store_options[1] for word in shlex.split(command)]
    add, remove = (
        [sys.executable, "-m", *words],
        [sys.executable, "-m", "sparekey", "server", "keys", "remove"],
    )
    made = subprocess.run(add, capture_output=True, text=True, timeout=60)
    assert (made.returncode, "shop" in made.stdout) == (0, True), made.stderr
    subprocess.run([*remove, "1", "--data", server.data, *store_options], check=True, timeout=60)
    server.start()
    server.stop()
    assert server.said.startswith(f"the API key in {server.data / 'apikey'} was removed; make one: {command}")
    assert key not in said + server.said + server.log()


async def test_the_app_side_apart_is_cut_off_and_given_back(
    run_server: Callable[..., RunningServer],
) -> None:
    server = run_server("--demo", "--app-listen", "127.0.0.1:0", "--control", "127.0.0.1:0")
    async with server.client() as http, server.client(server.app_url) as app, httpx.AsyncClient() as control:
        web = WebApplication(http, time.time, app)
        web.serverid = (await web.make_server("Test"))["serverid"]
        shown = await web.call("GET", "sessions/qr/enrol", fresh_nonce(), params={"userid": "ada"})
        enrolment = payload.read(shown.text)
        assert isinstance(enrolment, payload.Enrolment)
        assert enrolment.server_url == server.app_url
        account, nonce = await web.enrol(), fresh_nonce()
        hsid = (await web.status(nonce))["hsid"]
        assert (await app.get(f"/app/sessions/{hsid}")).status_code == 200
        assert (await http.get(f"/app/sessions/{hsid}")).status_code == 503
        assert (await control.post(server.control_url + "/app/off")).json() == {"app": "off"}
        with pytest.raises(httpx.TransportError):
            await app.get(f"/app/sessions/{hsid}")
        assert (await web.type(nonce, account.otp(await web.qr(nonce), time.time()))).json()["otplogin"]
        assert (await control.post(server.control_url + "/app/on")).json() == {"app": "on"}
        assert (await app.get(f"/app/sessions/{hsid}")).status_code == 409


async def test_without_the_app_side(run_server: Callable[..., RunningServer]) -> None:
    server = run_server("--no-app")
    async with server.client() as http:
        told = await http.get(f"/app/sessions/{bytes(16).hex()}")
        assert (told.status_code, told.json()["error"]["code"]) == (503, "app_closed")
        assert told.headers["retry-after"]


async def test_workers_decide_as_one(
    run_server: Callable[..., RunningServer], store_options: list[str]
) -> None:
    first = run_server(*store_options, "--reuse-port")
    second = run_server(*store_options, "--reuse-port")
    async with first.client() as one, second.client() as two:
        here, there = WebApplication(one, time.time), WebApplication(two, time.time)
        here.serverid = there.serverid = (await here.make_server("Workers"))["serverid"]
        account = await here.enrol()
        await there.status(fresh_nonce())  # it has read the server's settings
        for _ in range(5):
            nonce = fresh_nonce()
            otp = account.otp(await here.qr(nonce), time.time())
            replies = await asyncio.gather(*[web.type(nonce, otp) for web in (here, there) * 2])
            assert sorted(reply.status_code for reply in replies) == [200, 403, 403, 403]
        nonce = fresh_nonce()
        await here.status(nonce)
        replies = await asyncio.gather(*[web.type(nonce, "U") for web in (here, there) * 5])
        assert sorted(code(reply)[1] for reply in replies) == ["otp_refused"] * 5 + ["session_locked"] * 5
        nonce = fresh_nonce()
        otp = account.otp(await there.qr(nonce), time.time())
        path = f"/servers/{here.serverid}/"
        (await one.put(path, json={"serverFlags": []})).raise_for_status()
        assert code(await there.type(nonce, otp)) == (403, "otp_not_enabled")


async def test_the_command_line_looks_after_a_running_server(
    run_server: Callable[..., RunningServer], store_options: list[str], tmp_path: Path
) -> None:
    server = run_server(*store_options)
    store = ["--data", str(server.data), *store_options]

    def sparekey(*words: str) -> Any:
        command = [sys.executable, "-m", "sparekey", "server", *words, *store, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    (made,) = sparekey("servers", "add", "Shop", "--owner", "shop")
    (key,) = sparekey("keys", "add", "shop", "--permission", "sessions")
    async with server.client() as http:
        web = WebApplication(http, time.time)
        web.serverid = made["serverid"]
        account, nonce = await web.enrol("ada"), fresh_nonce()
        otp = account.otp(await web.qr(nonce), time.time())
        (off,) = sparekey("servers", "set", web.serverid, "--no-otp")
        assert off["flags"] == []
        assert code(await web.type(nonce, otp)) == (403, "otp_not_enabled")
        sparekey("servers", "set", web.serverid, "--otp")
        assert sparekey("backup", str(tmp_path / "backup"))["rows"] > 5
        assert sparekey("rotate-key") == {"resealed": 2, "master_key": 2}
        assert (await web.type(nonce, otp)).status_code == 200
        (blocked,) = sparekey("accounts", "block", web.serverid, str(account.reference))
        assert blocked["blocked"] is True
        assert (await web.status(nonce))["loggedin"] is False
        assert [row["userid"] for row in sparekey("accounts", "list", web.serverid)] == ["ada"]
        assert [(row["event"], row["outcome"]) for row in sparekey("audit", "--last", "7")] == [
            ("enrolment", "active"),
            ("server", "changed"),
            ("otplogin", "refused"),
            ("server", "changed"),
            ("master_key", "rotated"),
            ("otplogin", "accepted"),
            ("account", "blocked"),
        ]
        shop = {"X-apikey": key["apikey"]}
        assert (await web.call("GET", "sessions/", fresh_nonce(), headers=shop)).status_code == 200
        assert {row["role"] for row in sparekey("keys", "list")} == {"root", "shop"}
        sparekey("accounts", "remove", web.serverid, str(account.reference))
        assert sparekey("accounts", "list", web.serverid) == []
        sparekey("restore", str(tmp_path / "backup"), "--yes")
        assert [row["userid"] for row in sparekey("accounts", "list", web.serverid)] == ["ada"]


@pytest.mark.skipif(sys.platform != "linux", reason="another process's limits are Linux's to change")
async def test_health_tells_of_a_disk_that_takes_no_more_and_recovers(
    run_server: Callable[..., RunningServer],
) -> None:
    import resource

    async def until(status: int) -> None:
        while (reply := await http.get("/healthz")).status_code != status:
            await asyncio.sleep(0.05)
        if status == 503:
            assert (code(reply), reply.headers["retry-after"]) == ((503, "busy"), "1")

    server = run_server()
    async with server.client() as http:
        await until(200)
        before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1, before[1]))
        await until(503)
        assert code(await http.post("/servers/", json={"serverName": "Test"})) == (503, "busy")
        assert (await http.get("/servers/")).status_code == 200  # what is there can be read
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)
        await until(200)
        assert (await http.post("/servers/", json={"serverName": "Test"})).status_code == 200
