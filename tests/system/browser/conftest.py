"""A headless Chromium, a real server with its demo site, and a page that tells of every breach."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.installed import program

from .web_person import WebPerson

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = 60_000  # milliseconds: only what hangs is slower, on however busy a machine
expect.set_options(timeout=_PATIENCE)


# not for the session: while Playwright's synchronous side is open, its event loop counts as the thread's
# running one, and asyncio.run() of tests elsewhere would fail
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, with a user data directory of its own; skipped where there is none, but not in CI."""
    chromium = program("chromium")
    with sync_playwright() as playwright:
        # launch() gives every browser a new empty user data directory
        running = playwright.chromium.launch(
            executable_path=chromium, headless=True, args=_FLAGS, timeout=_PATIENCE
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def site_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data folder."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def site(site_data: Path) -> Iterator[str]:
    """The address of a real server process with its demo site."""
    data = site_data
    command = [str(Path(sys.executable).with_name("sparekey")), "server", "run"]
    command += ["--listen", "127.0.0.1:0", "--data", str(data), "--demo"]
    with (data / "stderr").open("wb") as talk:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on "), (data / "stderr").read_text()
        yield line.removeprefix("listening on ").strip()
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Makes pages, each a browser of its own, at the site's first page.

    Takes ``Browser.new_context``'s options. At the end no page may have thrown, or breached its
    Content-Security-Policy.
    """
    contexts: list[BrowserContext] = []
    breaches: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # a refused OTP is a 4xx, which Chromium logs as an error too
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            breaches.append(message.text)

    def opened(**options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: breaches.append(str(error)))
        page.goto(site)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not breaches


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The site's sign-in page, wide and with JavaScript."""
    return open_page()


@pytest.fixture
def web(page: Page, site: str) -> WebPerson:
    """A person at that page."""
    return WebPerson(page, site)
