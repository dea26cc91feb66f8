"""``screen`` as a source, on a real screen: a browser's window on it, the bridge beside it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator

import pytest
import zxingcpp
from playwright.sync_api import Page, sync_playwright

from sparekey.bridge.scan import screen
from sparekey.demo.play import read_otp
from tests.installed import program
from tests.system.browser.web_person import WebPerson
from tests.system.real_programs import Bridge, Holder, Service

pytestmark = pytest.mark.browser

_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_FLAGS += ["--disable-component-update", "--disable-sync", "--window-position=0,0", "--window-size=1180,920"]


@pytest.fixture
def window(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The demo site in a browser's window, on a screen of its own that is this process's DISPLAY."""
    xvfb, chromium = program("Xvfb"), program("chromium")
    listening, telling = os.pipe()
    with tempfile.TemporaryFile() as talk:
        # it takes a free display by itself, and tells which
        command = [xvfb, "-displayfd", str(telling), "-screen", "0", "1200x940x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=(telling,), stdout=talk, stderr=talk)
        os.close(telling)
        try:
            with os.fdopen(listening) as told:
                display = told.readline().strip()
            talk.seek(0)
            assert display, talk.read().decode()
            monkeypatch.setenv("DISPLAY", f":{display}")
            monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, headless=False, args=_FLAGS)
                page = browser.new_page(no_viewport=True)
                page.set_default_timeout(15_000)
                page.goto(service.address)
                yield page
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def painted(text: str) -> None:
    """Waits until the window system shows that QR code: a browser's own picture is ready before."""
    end = time.monotonic() + 15
    while [found.text for shot in screen.pictures() for found in zxingcpp.read_barcodes(shot)] != [text]:
        assert time.monotonic() < end, "the QR code is not on the screen"


def test_enrolment_and_both_logins_from_the_screen(
    window: Page,
    service: Service,
    take_token: Callable[..., Holder],
    bridge: Callable[..., Bridge],
) -> None:
    token = take_token()
    web = WebPerson(window, service.address)

    painted(web.show_enrolment("mona"))
    enrolling = bridge(token, "enrol", "screen")
    token.wait_for("add account")
    token.press("ok")
    code = web.check_code()
    token.wait_for(code)
    token.press("ok")
    assert enrolling.end() == 0, enrolling.stderr
    window.get_by_role("button", name="They are the same").click()
    web.expect("Your token is added")

    painted(web.show_login())
    login = bridge(token, "login", "screen")
    token.wait_for("log in")
    token.press("ok")
    assert login.end() == 0, login.stderr
    assert login.stdout == "signed in as mona\n"
    web.expect("Welcome, mona")

    window.get_by_role("button", name="Sign out").click()
    painted(web.show_login())
    login = bridge(token, "login", "screen", "--now")
    token.wait_for("log in")
    token.press("ok")
    otp = read_otp(token.wait_for("left"))
    assert login.end() == 0, login.stderr
    web.type_otp(otp)
    web.expect("Welcome, mona")
