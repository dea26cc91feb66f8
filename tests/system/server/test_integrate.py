"""The examples of docs/integrate.md, run as they stand: a person logs in to each."""

import base64
import html
import io
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import zxingcpp
from PIL import Image

from tests.web_application import WebApplication

from .running_server import RunningServer

pytestmark = pytest.mark.anyio

_PAGE = Path(__file__).parents[3] / "docs" / "integrate.md"
_WSGI = """
from wsgiref.simple_server import make_server
import example
server = make_server("127.0.0.1", 0, example.app)
print(server.server_port, flush=True)
server.serve_forever()
"""
_ASGI = """
import socket, uvicorn, example
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(example.app, log_level="warning")).run(sockets=[listening])
"""


def example(name: str) -> str:
    """The program under a heading of the page."""
    section = _PAGE.read_text().split(f"## {name}\n", 1)[1]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0]


@pytest.mark.parametrize(("name", "runner"), [("Flask", _WSGI), ("Django", _WSGI), ("FastAPI", _ASGI)])
async def test_a_login_at_the_example(
    run_server: Callable[..., RunningServer], tmp_path: Path, name: str, runner: str
) -> None:
    pytest.importorskip(name.lower())
    server = run_server()
    async with server.client() as http:
        web = WebApplication(http, time.time)
        body = {"description": "shop", "role": "shop", "permissions": ["sessions"]}
        key = (await http.post("/apikeys/", json=body)).json()["apikey"]
        web.serverid = (await web.make_server("Shop", owner="shop"))["serverid"]
        account = await web.enrol("ada")
        (tmp_path / "example.py").write_text(example(name))
        environment = {
            **os.environ,
            "SPAREKEY_URL": server.url,
            "SPAREKEY_SERVER": web.serverid,
            "SPAREKEY_KEY": key,
            "SECRET": "for the cookies of this test",
        }
        with (tmp_path / "talk").open("wb") as talk:
            running = subprocess.Popen(
                [sys.executable, "-c", runner],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=talk,
                text=True,
            )
        assert running.stdout is not None
        silent = threading.Timer(40, running.kill)
        silent.start()
        try:
            port = running.stdout.readline().strip()
            silent.cancel()
            assert port, (tmp_path / "talk").read_text()
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=60
            ) as browser:
                page = (await browser.get("/")).text
                wrong = await browser.post("/", data={"otp": "000000 000000", **hidden(page)})
                assert "isn't right" in html.unescape(wrong.text)
                page = (await browser.get("/")).text
                otp = account.otp(scanned(page), time.time())
                welcome = await browser.post("/", data={"otp": otp.lower(), **hidden(page)})
                assert "Welcome, ada" in welcome.text, (tmp_path / "talk").read_text()
                assert "Welcome, ada" in (await browser.get("/")).text
        finally:
            silent.cancel()
            running.terminate()
            running.wait(20)
            running.stdout.close()


def scanned(page: str) -> str:
    """The QR code in the page."""
    picture = re.search(r"data:image/png;base64,([^\"]+)", page)
    assert picture is not None
    with Image.open(io.BytesIO(base64.b64decode(picture[1]))) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    return found.text


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page))
