"""A transaction from the web application to the token's pages and back, with the real programs."""

import base64
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sparekey.demo.web_application import WebApplication
from sparekey_token.core import compose, payload
from tests.system.real_programs import Bridge, Holder, Service

from .walk import enrol, picture, take_otp

Browse = Callable[[], WebApplication]
StartBridge = Callable[..., Bridge]
TakeToken = Callable[..., Holder]


@dataclass
class Shop:
    """The web application where somebody is logged in; ``http`` is its way to the server's API."""

    http: httpx.Client
    nonce: str

    def ask(self, description: str = "Lunch on Friday") -> tuple[str, str]:
        """Begins a transaction; its id and its QR code's text."""
        body = {"amount": "12.50 EUR", "benificiary": "Bob's Bakery", "description": description}
        sent = self.http.post("sessions/transactions", json=body, headers={"X-nonce": self.nonce})
        made = sent.raise_for_status().json()
        return made["tid"], base64.b64decode(made["qrdata"]).decode("ascii")

    def picture(self, tid: str) -> bytes:
        """The QR code as the page shows it."""
        return self.http.get(f"transactions/{tid}/qr", params={"img": "png"}).raise_for_status().content

    def status(self, tid: str) -> int:
        """``tstatus``."""
        return int(self.http.get(f"transactions/{tid}").raise_for_status().json()["tstatus"])


@pytest.fixture
def server(service: Service, stack: ExitStack) -> httpx.Client:
    """The server's API, as ``root`` calls it."""
    http = httpx.Client(base_url=service.address, headers={"X-apikey": service.apikey}, trust_env=False)
    return stack.enter_context(http)


@pytest.fixture
def shop(
    service: Service, server: httpx.Client, bridge: StartBridge, stack: ExitStack, tmp_path: Path
) -> Callable[..., Shop]:
    """Enrols a token, logs it in, and answers the shop that it is logged in to."""

    def logged_in(token: Holder, page: WebApplication, serverid: str = "") -> Shop:
        enrol(page, token, bridge, tmp_path, "ada")
        assert page.otp_login(take_otp(page, token, bridge, tmp_path))["loggedin"] is True
        token.press("ok")
        serverid = serverid or server.get("/servers/").json()["servers"][0]["serverid"]
        headers = {"X-apikey": service.apikey}
        base = f"{service.address}/servers/{serverid}/"
        http = httpx.Client(base_url=base, headers=headers, trust_env=False)
        return Shop(stack.enter_context(http), page.nonce)

    return logged_in


def approving(token: Holder, bridge: StartBridge, source: str, *options: str) -> Bridge:
    """``sparekey approve`` up to the first page on the token."""
    running = bridge(token, "approve", source, *options)
    shown = token.wait_for("pay 1 of")
    assert "12.50 EUR" in shown
    return running


@pytest.mark.parametrize("vm", ["cpython", "micropython"])
def test_a_transaction_is_read_and_approved_or_declined(
    take_token: TakeToken,
    bridge: StartBridge,
    browse: Browse,
    shop: Callable[..., Shop],
    tmp_path: Path,
    vm: str,
) -> None:
    token = take_token(vm)
    site = shop(token, browse())
    tid, _ = site.ask()
    running = approving(token, bridge, picture(tmp_path, "pay.png", site.picture(tid)))
    assert "Bob's Bakery" in token.wait_for("to ")
    token.press("ok")
    assert "Lunch on Friday" in token.wait_for("for 2 of 3")
    token.press("ok")
    assert "as ada" in token.wait_for("approve?")
    assert site.status(tid) == 0
    token.press("ok")
    assert running.end() == 0, running.stderr
    assert running.stdout.strip().lower().rstrip(".") == "approved"
    assert site.status(tid) == 1

    tid, text = site.ask("")
    running = approving(token, bridge, text)
    token.press("ok")
    token.wait_for("approve?")
    token.press("back")
    assert running.end() == 1
    assert running.stdout.strip().lower().rstrip(".") == "declined"
    assert site.status(tid) == 2

    heap = httpx.get(token.control + "/facts", trust_env=False).json()["heap"]
    assert heap is None or heap["largest"] < heap["size"]

    again = bridge(token, "approve", text)
    assert again.end() == 1
    assert "approved or declined" in again.stderr
    assert "Traceback" not in again.stderr
    assert site.status(tid) == 2


def test_an_altered_code_is_refused(
    take_token: TakeToken, bridge: StartBridge, browse: Browse, shop: Callable[..., Shop]
) -> None:
    token = take_token()
    site = shop(token, browse())
    tid, text = site.ask("")
    cut = bridge(token, "approve", text[:-6] + "000000")
    assert cut.end() == 1
    assert "QR code can't be read" in cut.stderr
    shown = payload.read(text)
    assert isinstance(shown, payload.Transaction)
    altered = compose.transaction_body(*shown[1:5], "Eve", shown.description)
    running = approving(token, bridge, compose.to_text(altered))
    assert "to Eve" in token.wait_for("to ")
    token.press("ok")
    token.wait_for("approve?")
    token.press("ok")
    assert running.end() == 1
    assert "proof_refused" in running.stderr
    assert site.status(tid) == 0


def test_the_transaction_of_another_server_is_refused(
    take_token: TakeToken,
    bridge: StartBridge,
    browse: Browse,
    shop: Callable[..., Shop],
    service: Service,
    server: httpx.Client,
    stack: ExitStack,
) -> None:
    mine, other = take_token(name="mine"), take_token(name="other")
    shop(mine, browse())
    wanted = {"serverName": "Elsewhere", "serverFlags": ["ENABLE_OTP"]}
    elsewhere = server.post("/servers/", json=wanted).raise_for_status().json()["serverid"]
    page = WebApplication(service.address, service.apikey, elsewhere)
    stack.callback(page.close)
    site = shop(other, page, elsewhere)
    tid, text = site.ask()
    running = bridge(mine, "approve", text)
    assert running.end() == 1
    assert "no_account" in running.stderr
    assert "error 34" in mine.wait_for("error")
    assert site.status(tid) == 0


def test_login_and_approve_know_each_others_codes(
    take_token: TakeToken, bridge: StartBridge, browse: Browse, shop: Callable[..., Shop]
) -> None:
    token = take_token()
    page = browse()
    _, text = shop(token, page).ask()
    wrong = bridge(token, "login", text)
    assert wrong.end() == 1
    assert "sparekey approve" in wrong.stderr
    wrong = bridge(token, "approve", browse().login_payload())
    assert wrong.end() == 1
    assert "sparekey login" in wrong.stderr
