"""What a person does at the demo site, in their words; the QR codes are read from the screen's pixels."""

import io
import os
import time
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from .simulated_token import SimulatedToken


class WebPerson:
    """Someone in front of a browser."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site

    def screenshot(self) -> bytes:
        """The page as it is on the screen: a PNG."""
        return self.page.screenshot(full_page=True)

    def save_picture(self, name: str) -> None:
        """Keeps a picture for the manual, where ``SPAREKEY_PICTURES`` names a folder for them."""
        folder = os.environ.get("SPAREKEY_PICTURES")
        picture = self.screenshot()
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}.png").write_bytes(picture)

    def scan(self) -> str:
        """The text of the one QR code on the screen, once it is there."""
        expect(self.page.locator("svg.qr")).to_be_visible()
        end = time.monotonic() + 60
        while True:  # a screenshot may be taken before the picture is painted
            with Image.open(io.BytesIO(self.screenshot())) as picture:
                found = zxingcpp.read_barcodes(picture.convert("RGB"), formats=zxingcpp.BarcodeFormat.QRCode)
            if len(found) == 1:
                return found[0].text
            assert time.monotonic() < end, f"{len(found)} QR codes on the screen"

    def show_login(self) -> str:
        """Opens the sign-in page and answers its QR code's text."""
        self.page.goto(self.site)
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()
        return self.scan()

    def type_otp(self, text: str) -> None:
        """Types into the OTP field and presses Enter."""
        self.page.get_by_label("One-time password").fill(text)
        self.page.keyboard.press("Enter")

    def show_enrolment(self, userid: str, name: str = "") -> str:
        """Asks for an enrolment and answers its QR code's text."""
        self.page.goto(self.site + "/enrol")
        self.page.get_by_label("User id").fill(userid)
        self.page.get_by_label("Name on the token").fill(name)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Scan to add your token")).to_be_visible()
        return self.scan()

    def enrol(self, userid: str) -> SimulatedToken:
        """Adds a token for the user, from the form to the last page."""
        token = SimulatedToken()
        token.enrol(self.show_enrolment(userid))
        assert self.check_code() == token.check_code
        self.page.get_by_role("button", name="They are the same").click()
        self.expect("Your token is added")
        return token

    def check_code(self) -> str:
        """The check code, once the page shows it by itself (or, without JavaScript, is looked at)."""
        code = self.page.locator(".checkcode [aria-hidden]")
        expect(code).to_be_visible()
        return code.inner_text()

    def expect(self, words: str) -> None:
        """Waits until the page says so."""
        expect(self.page.get_by_text(words).first).to_be_visible()
