"""The whole way with the real firmware: the QR code from the screen's pixels, the OTP from the OLED's."""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from sparekey.demo.play import read_otp

from .web_person import WebPerson

pytestmark = pytest.mark.browser


def saved(web: WebPerson, folder: Path, name: str) -> str:
    """The page as it is on the screen, saved as a picture."""
    path = folder / name
    path.write_bytes(web.screenshot())
    return str(path)


def test_a_login_from_the_screen_to_the_welcome(
    web: WebPerson,
    site_data: Path,
    take_token: Callable[..., "object"],
    bridge: Callable[..., "object"],
    tmp_path: Path,
) -> None:
    token = take_token()
    web.show_enrolment("lise")
    enrolling = bridge(token, "enrol", saved(web, tmp_path, "enrol.png"))
    token.wait_for("add account")
    token.press("ok")
    code = web.check_code()
    token.wait_for(code)
    token.press("ok")
    assert enrolling.end() == 0, enrolling.stderr
    web.page.get_by_role("button", name="They are the same").click()
    web.expect("Your token is added")

    web.show_login()
    login = bridge(token, "login", saved(web, tmp_path, "login.png"), "--now")
    token.wait_for("log in")
    token.press("ok")
    otp = read_otp(token.wait_for("left"))
    assert login.end() == 0, login.stderr
    web.type_otp(otp)
    web.expect("Welcome, lise")

    (nonce,) = [c["value"] for c in web.page.context.cookies() if c["name"] == "sparekey"]
    status = get_session(web.site, (site_data / "apikey").read_text().strip(), nonce)
    assert status["loggedin"] is True
    assert status["otplogin"] is True
    assert status["userid"] == "lise"


def get_session(site: str, apikey: str, nonce: str) -> dict[str, object]:
    """getSession, as the web application calls it."""

    def answer(path: str) -> dict[str, object]:
        call = urllib.request.Request(site + path, headers={"X-apikey": apikey, "X-nonce": nonce})
        with urllib.request.urlopen(call, timeout=60) as reply:
            found = json.load(reply)
        assert isinstance(found, dict)
        return found

    (server,) = answer("/servers/")["servers"]  # type: ignore[misc, attr-defined]
    return answer(f"/servers/{server['serverid']}/sessions/")
