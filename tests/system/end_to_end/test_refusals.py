"""What is wrong is told where the person looks, and everything is usable afterwards."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from sparekey.demo.web_application import WebApplication
from tests.system.real_programs import Bridge, Holder

from .walk import enrol, picture, take_otp

Browse = Callable[[], WebApplication]
StartBridge = Callable[..., Bridge]


@pytest.fixture
def token(
    take_token: Callable[..., Holder], bridge: StartBridge, browse: Browse, tmp_path: Path
) -> Iterator[Holder]:
    """An enrolled token; after each test it must still be good for a login."""
    taken = take_token()
    enrol(browse(), taken, bridge, tmp_path, "ada")
    yield taken
    page = browse()
    assert page.otp_login(take_otp(page, taken, bridge, tmp_path))["otplogin"] is True


def refused(page: WebApplication, otp: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as fault:
        page.otp_login(otp)
    assert fault.value.response.status_code == 403
    assert fault.value.response.json()["error"]["code"] == "otp_refused"
    assert page.status()["loggedin"] is False


def test_an_otp_is_for_its_own_session(
    token: Holder, bridge: StartBridge, browse: Browse, tmp_path: Path
) -> None:
    mine, other = browse(), browse()
    otp = take_otp(mine, token, bridge, tmp_path)
    other.status()
    refused(other, otp)
    assert mine.otp_login(otp)["otplogin"] is True


# ahead it is by one interval at least, which the next minute doesn't make up for
@pytest.mark.parametrize("shift", [-240, 180], ids=["two intervals back", "one ahead"])
def test_an_otp_is_for_the_present_two_minutes(
    token: Holder, bridge: StartBridge, browse: Browse, tmp_path: Path, shift: int
) -> None:
    page = browse()
    page.status()
    httpx.post(f"{token.control}/clock?shift={shift}", trust_env=False).raise_for_status()
    refused(page, take_otp(page, token, bridge, tmp_path))
    httpx.post(f"{token.control}/clock?shift={-shift}", trust_env=False).raise_for_status()


def test_an_otp_works_once(token: Holder, bridge: StartBridge, browse: Browse, tmp_path: Path) -> None:
    page, later = browse(), browse()
    otp = take_otp(page, token, bridge, tmp_path)
    assert page.otp_login(otp)["otplogin"] is True
    later.status()
    refused(later, otp)


@pytest.mark.parametrize("place", [0, 12], ids=["an unknown reference", "a mistyped code"])
def test_a_wrong_character_is_refused_alike(
    token: Holder, bridge: StartBridge, browse: Browse, tmp_path: Path, place: int
) -> None:
    page = browse()
    otp = take_otp(page, token, bridge, tmp_path)
    wrong = otp[:place] + ("7" if otp[place] != "7" else "8") + otp[place + 1 :]
    refused(page, wrong)
    assert page.otp_login(otp)["otplogin"] is True


@pytest.mark.parametrize("harm", [lambda text: text[:-3], lambda text: text[:40] + "0000" + text[44:]])
def test_a_harmed_qr_code_is_told_by_the_bridge(
    token: Holder, bridge: StartBridge, browse: Browse, harm: Callable[[str], str]
) -> None:
    running = bridge(token, "login", harm(browse().login_payload()), "--now")
    assert running.end() == 1
    assert "QR code" in running.stderr
    assert "Traceback" not in running.stderr


def test_garbage_on_the_line_harms_nothing(token: Holder) -> None:
    line = os.open(token.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        os.write(line, b"\x00\xff\n{}{}\n" + os.urandom(400) + b"\n" + b"x" * 2000 + b"\n")
    finally:
        os.close(line)


def test_a_token_unplugged_in_the_middle_is_told(
    token: Holder, bridge: StartBridge, browse: Browse, tmp_path: Path
) -> None:
    running = bridge(token, "login", picture(tmp_path, "cut.png", browse().login_picture()), "--now")
    token.wait_for("log in")
    httpx.post(token.control + "/power/off", trust_env=False).raise_for_status()
    assert running.end() == 3
    assert "token" in running.stderr.lower()
    assert "Traceback" not in running.stderr
    httpx.post(token.control + "/power/on", trust_env=False, timeout=30).raise_for_status()


def test_no_press_no_otp(token: Holder, bridge: StartBridge, browse: Browse, tmp_path: Path) -> None:
    """The prompt is declined by the person's other button: nothing was made before."""
    running = bridge(token, "login", picture(tmp_path, "declined.png", browse().login_picture()), "--now")
    token.wait_for("log in")
    token.press("back")
    assert running.end() == 1
    assert "53" in running.stderr
    assert running.stdout == ""
