"""The bridge with the real token and the real server: two ways to log in, and the server coming and going."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sparekey.demo.web_application import WebApplication
from sparekey_token.core import compose
from tests.system.end_to_end.walk import enrol, picture
from tests.system.real_programs import Bridge, Holder, Service

from .pin_typing import type_pin


@dataclass(frozen=True)
class Apart(Service):
    """A login service whose app side has an address of its own, and goes away when told to."""

    app: str
    control: str

    def app_side(self, state: str) -> None:
        """``off`` or ``on``."""
        httpx.post(f"{self.control}/app/{state}", trust_env=False).raise_for_status()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """A login service for this module."""
    data = tmp_path_factory.mktemp("service") / "data"
    command = [sys.executable, "-m", "sparekey", "server", "run", "--data", str(data), "--demo"]
    for address in ("--listen", "--app-listen", "--control"):
        command += [address, "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        told = [running.stdout.readline().split()[-1] for _ in range(3)]
        yield Apart(told[0], data, told[1], told[2])
        running.terminate()


class Place:
    """A token with an account, pages to log in on, and the bridge."""

    def __init__(
        self,
        service: Apart,
        browse: Callable[[], WebApplication],
        token: Holder,
        bridge: Callable[..., Bridge],
        folder: Path,
    ) -> None:
        self.service, self.browse, self.token, self.folder = service, browse, token, folder
        self.bridge = bridge
        service.app_side("on")
        enrol(browse(), token, bridge, folder, "ada")
        self.page = browse()

    def login(self, *options: str) -> Bridge:
        source = picture(self.folder, "login.png", self.page.login_picture())
        return self.bridge(self.token, "login", source, *options)


@pytest.fixture
def place(
    service: Apart,
    browse: Callable[[], WebApplication],
    take_token: Callable[..., Holder],
    bridge: Callable[..., Bridge],
    tmp_path: Path,
) -> Place:
    """Everything in place, the account enrolled."""
    return Place(service, browse, take_token(), bridge, tmp_path)


def events(login: Bridge) -> list[str]:
    return [json.loads(line)["event"] for line in login.stdout.splitlines()]


def test_online_by_proof_and_the_clock_is_set_at_the_meeting(place: Place) -> None:
    httpx.post(f"{place.token.control}/clock", params={"shift": 45}, trust_env=False).raise_for_status()
    login = place.login("--json")
    place.token.wait_for("log in")
    begun = time.monotonic()
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    lasted = time.monotonic() - begun
    status = place.page.status()
    assert (status["loggedin"], status["otplogin"]) == (True, False)
    told = [json.loads(line) for line in login.stdout.splitlines()]
    (clock,) = [one for one in told if one["event"] == "clock_set"]
    assert -47 - lasted <= clock["offset"] <= -43


def test_offline_while_the_app_side_is_away(place: Place) -> None:
    place.service.app_side("off")
    login = place.login("--wait", "0.5")
    place.token.wait_for("log in")
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    status = place.page.otp_login(login.stdout.strip())
    assert (status["loggedin"], status["otplogin"]) == (True, True)


def test_the_server_comes_back_in_the_middle(place: Place) -> None:
    place.service.app_side("off")
    login = place.login("--json")
    place.token.wait_for("asking the server")
    place.service.app_side("on")
    place.token.wait_for("log in")
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    told = events(login)
    assert "logged_in" in told
    assert told.index("otp_available") < told.index("login_confirmation")
    assert "otp" not in told


def test_a_server_back_after_the_otp_was_taken_changes_nothing(place: Place) -> None:
    place.service.app_side("off")
    login = place.login("--json", "--wait", "0")
    place.token.wait_for("log in")
    place.service.app_side("on")
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    told = events(login)
    assert told[-3:] == ["otp", "state", "session_stop"]
    assert "login_confirmation" not in told


def test_the_kiosk(place: Place, tmp_path: Path) -> None:
    (tmp_path / "nonce").write_text(place.page.nonce)
    files = ["--apikey-file", str(place.service.data / "apikey"), "--nonce-file", str(tmp_path / "nonce")]
    login = place.login("--now", "--server-url", place.service.address, *files)
    place.token.wait_for("log in")
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    assert login.stdout == "signed in as ada\n"
    assert place.page.status()["otplogin"] is True


def command(place: Place, *arguments: str) -> Bridge:
    return place.bridge(place.token, *arguments)


def test_the_tokens_own_commands(place: Place) -> None:
    listed = command(place, "token", "accounts", "--json")
    assert listed.end() == 0, listed.stderr
    assert [one["name"] for one in json.loads(listed.stdout)["accounts"]] == ["ada"]

    setting = command(place, "token", "set-time")
    place.token.wait_for("set clock?")
    place.token.press("ok")
    assert setting.end() == 0, setting.stderr

    removing = command(place, "token", "remove", "ada")
    place.token.wait_for("remove")
    place.token.press("back")
    assert removing.end() == 1
    assert "Error 53 (declined)" in removing.stderr

    wiping = command(place, "token", "wipe")
    place.token.wait_for("erase all?")
    place.token.press("ok")
    place.token.wait_for("really")
    place.token.press("next")
    assert wiping.end() == 0, wiping.stderr
    listed = command(place, "token", "accounts")
    assert (listed.end(), listed.stdout) == (0, "")


def test_a_pin_is_typed_on_the_token_alone(place: Place) -> None:
    setting = command(place, "token", "pin")
    place.token.wait_for("set a pin?")
    place.token.press("ok")
    type_pin(place.token, "New PIN", "4711")
    type_pin(place.token, "Again", "4711")
    assert setting.end() == 0, setting.stderr
    assert setting.stderr.count("Type your PIN") == 1, "told at every press"
    assert command(place, "token", "lock").end() == 0

    listed = command(place, "token", "accounts")
    assert listed.end() == 1
    assert "Error 54 (locked)" in listed.stderr
    assert "type its PIN" in listed.stderr

    login = place.login("--json")
    type_pin(place.token, "PIN?", "4711")
    place.token.wait_for("log in?")
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    told = [json.loads(line) for line in login.stdout.splitlines()]
    assert {"event": "waiting", "what": "pin"}.items() <= next(
        one for one in told if one["event"] == "waiting"
    ).items()
    assert place.page.status()["userverified"] is True


@pytest.mark.parametrize(("button", "status", "said"), [("ok", 1, "Approved.\n"), ("back", 2, "Declined.\n")])
def test_a_transaction(place: Place, button: str, status: int, said: str) -> None:
    login = place.login()
    place.token.wait_for("log in?")
    place.token.press("ok")
    assert login.end() == 0, login.stderr
    headers = {"X-apikey": place.service.apikey, "X-nonce": place.page.nonce}
    with httpx.Client(trust_env=False, headers=headers) as web:
        server = f"{place.service.address}/servers/{place.page._serverid}"
        wanted = {"amount": "12 EUR", "benificiary": "Bob", "description": "Tea"}
        tid = web.post(f"{server}/sessions/transactions", json=wanted).raise_for_status().json()["tid"]
        waiting = web.get(
            f"{place.service.app}/app/sessions/{place.page.status()['hsid']}/transactions"
        ).json()
        text = compose.to_text(bytes.fromhex(waiting["transactions"][0]["body"]))
        approving = command(place, "approve", text)
        for words in ("12 EUR", "Tea", "approve?"):
            place.token.wait_for(words)
            place.token.press(button)
            if button == "back":
                break
        assert (approving.end(), approving.stdout) == (status - 1, said), approving.stderr
        assert web.get(f"{server}/transactions/{tid}").json()["tstatus"] == status
