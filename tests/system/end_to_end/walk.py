"""The steps of a person with a web page, a bridge and a token, for tests without a browser."""

from collections.abc import Callable
from pathlib import Path

from sparekey.demo.play import read_otp
from sparekey.demo.web_application import WebApplication
from tests.system.real_programs import Bridge, Holder

StartBridge = Callable[..., Bridge]


def picture(folder: Path, name: str, data: bytes) -> str:
    """Saves what the web page shows; answers the path."""
    path = folder / name
    path.write_bytes(data)
    return str(path)


def enrol(
    page: WebApplication, token: Holder, bridge: StartBridge, folder: Path, userid: str, name: str = ""
) -> None:
    """Adds an account, with the presses and the look at both check codes."""
    running = bridge(
        token, "enrol", picture(folder, "enrol.png", page.enrolment_picture(userid, name or userid))
    )
    token.wait_for("add account")
    token.press("ok")
    code = page.wait_for_check_code()
    token.wait_for(code)
    token.press("ok")
    assert running.end() == 0, running.stderr
    page.confirm(code)


def take_otp(page: WebApplication, token: Holder, bridge: StartBridge, folder: Path) -> str:
    """Scans the page's QR code, presses ok and reads the OTP off the OLED."""
    running = bridge(token, "login", picture(folder, "login.png", page.login_picture()), "--now")
    if "set clock" in token.wait_for("log in", "set clock").lower():
        # the clock went back over an interval that an OTP was made for: a press mends it
        token.press("ok")
        token.wait_for("log in")
    token.press("ok")
    otp = read_otp(token.wait_for("left"))
    assert running.end() == 0, running.stderr
    return otp
