"""The desktop page in Chromium: a picture is dropped in, the prompt, the countdown and the OTP are shown."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import segno
from playwright.sync_api import Page, expect, sync_playwright

from sparekey.bridge import Bridge
from sparekey.bridge.desk.desk import Desk
from sparekey.bridge.desk.local_server import DeskServer
from tests.installed import program
from tests.unit.bridge.server_double import ServerDouble
from tests.unit.bridge.token_double import TokenDouble

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


@pytest.fixture
def desk(token: TokenDouble) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A running ``sparekey desk`` and its address."""
    command = [sys.executable, "-m", "sparekey", "desk", "--no-open", "--port", str(token.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def page(desk: tuple["subprocess.Popen[str]", str]) -> Iterator[Page]:
    """The page, in a browser that tells of every breach of its policy."""
    chromium = program("chromium")
    breaches: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        opened.set_default_timeout(15_000)
        opened.on("pageerror", lambda error: breaches.append(str(error)))
        opened.on(
            "console",
            lambda said: breaches.append(said.text) if "Content Security" in said.text else None,
        )
        opened.goto(desk[1])
        yield opened
        browser.close()
    assert not breaches


def picture(text: str, folder: Path) -> str:
    path = folder / "code.png"
    segno.make(text, micro=False).save(str(path), scale=4)
    return str(path)


def test_an_offline_login(
    page: Page,
    desk: tuple["subprocess.Popen[str]", str],
    token: TokenDouble,
    server: ServerDouble,
    tmp_path: Path,
) -> None:
    token.finger = None
    page.set_input_files("#file", picture(server.login_text(), tmp_path))
    expect(page.locator("#who")).to_have_text("Login at Double Bank, asked for by Firefox, Ghent")
    expect(page.locator("#prompt")).to_have_text("Press OK on the token if that is you.")
    expect(page.locator("#errors")).to_contain_text("error 70")
    token.press("ok")
    expect(page.locator("#code")).to_have_text(re.compile(r"^\w{6} \w{6}$"))
    expect(page.locator("#left")).to_contain_text("Good for")
    assert server._otp_login({"otp": page.locator("#code").inner_text()})[0] == 200
    page.click("#close")
    expect(page.locator("#closed")).to_be_visible()
    assert desk[0].wait(15) == 0


def test_a_pasted_text_and_a_token_that_says_no(page: Page, token: TokenDouble, server: ServerDouble) -> None:
    token.finger = "back"
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text", text);
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }""",
        server.login_text(),
    )
    expect(page.locator("#errors")).to_contain_text("Declined.")
    page.click("#again")
    expect(page.locator("#drop")).to_be_visible()


def test_a_picture_without_a_code(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#file", picture("https://example.com", tmp_path))
    expect(page.locator("#scan-error")).to_contain_text("another QR code")


def test_a_file_that_is_no_picture(page: Page, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("no picture")
    page.set_input_files("#file", str(tmp_path / "words.txt"))
    expect(page.locator("#scan-error")).to_contain_text("the file is not a picture")
    expect(page.locator("#scan-error")).to_contain_text("Choose a picture or PDF")
    expect(page.locator("#scan-error")).not_to_contain_text("clipboard")


def test_a_browser_that_leaves_is_no_fault_to_print(
    token: TokenDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    with DeskServer(Desk(lambda: Bridge(str(token.path)))) as server:
        for fault, printed in (
            (BrokenPipeError(), False),
            (ConnectionResetError(), False),
            (KeyError(), True),
        ):
            try:
                raise fault
            except (OSError, KeyError):
                server.handle_error(None, ("127.0.0.1", 1))
            assert ("Traceback" in capsys.readouterr().err) == printed


def test_several_accounts(page: Page, token: TokenDouble, server: ServerDouble, tmp_path: Path) -> None:
    token.accounts.append(server.account("bob", 815))
    page.set_input_files("#file", picture(server.login_text(), tmp_path))
    page.get_by_role("button", name="bob").click()
    expect(page.locator("#code")).to_have_text(re.compile(r"^\w{6} \w{6}$"))


def test_nobody_else_is_answered(desk: tuple["subprocess.Popen[str]", str]) -> None:
    url = desk[1]
    base, secret = url.rstrip("/").rsplit("/", 1)
    host = base.removeprefix("http://")
    with httpx.Client(trust_env=False) as client:
        assert client.get(url).status_code == 200
        assert client.get(f"{base}/").status_code == 403
        assert client.get(f"{base}/{secret[:-1]}/").status_code == 403
        assert client.get(url, headers={"Host": "evil.example"}).status_code == 403
        assert client.post(url + "do", content=b"{}").status_code == 403
        evil = {"Origin": "http://evil.example"}
        assert client.post(url + "close", content=b"", headers=evil).status_code == 403
        own = {"Origin": f"http://{host}"}
        assert client.post(url + "do", content=b"[]", headers=own).status_code == 400
        assert client.get(url + "../../etc/passwd").status_code in (403, 404)
    assert desk[0].poll() is None


def test_the_secret_address_is_on_no_command_line(token: TokenDouble, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\necho "$1" > {seen}.new\ncat "${{1#file://}}" > {seen}.file\n'
        f'stat -c %a "${{1#file://}}" > {seen}.mode\nmv {seen}.new {seen}\n'
    )
    browser.chmod(0o755)
    command = [sys.executable, "-m", "sparekey", "desk", "--port", str(token.path)]
    environment = {**os.environ, "BROWSER": str(browser)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        end = time.monotonic() + 20
        while not seen.exists() and time.monotonic() < end:
            time.sleep(0.02)
        process.terminate()
    secret = url.rstrip("/").rpartition("/")[2]
    assert secret not in seen.read_text()
    assert f"url={url}" in (tmp_path / "seen.file").read_text()
    assert (tmp_path / "seen.mode").read_text() == "600\n"
