"""What a web team puts into its own page works there, and the API's own page shows and sends calls."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from sparekey_token.core import payload

from .simulated_token import SimulatedToken

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server without a site, and a client with its first API key."""
    data = tmp_path_factory.mktemp("service")
    command = [
        sys.executable,
        "-m",
        "sparekey",
        "server",
        "run",
        "--listen",
        "127.0.0.1:0",
        "--data",
        str(data),
    ]
    with (data / "stderr").open("wb") as talk:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True)
    assert process.stdout is not None
    try:
        url = process.stdout.readline().removeprefix("listening on ").strip()
        key = (data / "apikey").read_text().strip()
        with httpx.Client(base_url=url, headers={"X-apikey": key}, timeout=30) as client:
            yield client
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture
def site(service: httpx.Client) -> str:
    """The address that pages open first."""
    return f"{service.base_url}/docs"


def test_snippets_work_in_a_foreign_page(
    request: pytest.FixtureRequest, open_page: Callable[..., Page], service: httpx.Client, site: str
) -> None:
    serverid = service.post("/servers/", json={"serverName": "Foreign"}).json()["serverid"]
    path, nonce = f"/servers/{serverid}/sessions/", {"X-nonce": os.urandom(32).hex()}
    token = SimulatedToken()
    token.enrol(service.get(path + "qr/enrol", headers=nonce, params={"userid": "ada"}).text)
    confirmed = service.post(path + "enrolment/confirm", headers=nonce, json={"checkcode": token.check_code})
    confirmed.raise_for_status()

    class TheirServer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = service.get(path, headers=nonce).json()
            body = "<!doctype html><title>Theirs</title><link rel=icon href=data:,>"
            if status["loggedin"]:
                body += f"<h1>Welcome, {status['userid']}</h1>"
            else:
                for name in ("login", "footer"):
                    body += service.get(path + "html/" + name, headers=nonce).text
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words: object) -> None:
            """Says nothing."""

    # in threads: Chromium opens connections before it has anything to ask
    theirs = ThreadingHTTPServer(("127.0.0.1", 0), TheirServer)
    threading.Thread(target=theirs.serve_forever, daemon=True).start()
    request.addfinalizer(theirs.server_close)
    request.addfinalizer(theirs.shutdown)
    page = open_page()
    page.goto(f"http://127.0.0.1:{theirs.server_port}/")
    with Image.open(io.BytesIO(page.screenshot(full_page=True))) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
    shown = found.text
    assert isinstance(payload.read(shown), payload.Login)
    expect(page.get_by_role("img", name="Scan with Sparekey to sign in to Foreign")).to_be_visible()
    # a login before the server has read that the page listens would go by it
    while "sparekey_live_listeners 1\n" not in service.get("/metrics").text:
        page.wait_for_timeout(20)
    login = service.post(path + "otplogin", headers=nonce, json={"otp": token.otp(shown)})
    login.raise_for_status()
    expect(page.get_by_role("heading", name="Welcome, ada")).to_be_visible()


def test_the_api_s_page_shows_and_sends_a_call(open_page: Callable[..., Page], service: httpx.Client) -> None:
    page = open_page()
    serverid = service.post("/servers/", json={"serverName": "Docs"}).json()["serverid"]
    page.get_by_label("X-apikey").fill(service.headers["X-apikey"])
    page.get_by_label("X-nonce").fill(os.urandom(32).hex())
    page.locator("#credentials").get_by_label("serverid").fill(serverid)
    page.get_by_role("link", name="Who is logged in to a browser session").click()
    call = page.locator("#get_session")
    call.get_by_role("button", name="Send").click()
    expect(call.locator("pre")).to_contain_text('"loggedin": false')
    expect(call.locator("td code", has_text="bad_nonce")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("`")
    folder = os.environ.get("SPAREKEY_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / "docs.png")
