"""The control address's page in a real browser: the OLED live, buttons by mouse, touch and keyboard."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from sparekey.demo.children import Child
from tests.system.browser import conftest

pytestmark = pytest.mark.browser

browser = conftest.browser
expect.set_options(timeout=30_000)

_LIT = """() => { const d = document.getElementById('oled').getContext('2d').getImageData(0, 0, 128, 64).data;
  let lit = 0; for (let i = 0; i < d.length; i += 4) lit += d[i] > 0; return lit; }"""


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(folder / "port")]
    with Child(
        [*command, "--control", "127.0.0.1:0", "--start", "enrolled"], "control at ", folder / "log"
    ) as child:
        yield child.announced


@pytest.fixture
def page(browser: Browser, control: str) -> Iterator[Page]:
    """The page in a narrow window; any complaint of the browser fails the test."""
    httpx.post(control + "/start/enrolled", trust_env=False, timeout=30).raise_for_status()
    complaints: list[str] = []
    opened = browser.new_page(viewport={"width": 320, "height": 560})
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda fault: complaints.append(str(fault)))
    opened.goto(control)
    yield opened
    opened.close()
    assert not complaints


def test_the_oled_is_live_and_the_buttons_work_by_key_and_mouse(page: Page) -> None:
    text = page.locator("#text")
    page.get_by_text("The text on the OLED").click()
    expect(text).to_contain_text("1 account")
    assert page.evaluate(_LIT) > 200
    page.locator("h1").click()
    page.keyboard.press("Enter")
    expect(text).to_contain_text(">Accounts")
    page.get_by_role("button", name="next").click()
    expect(text).to_contain_text(">Clock")
    page.locator("h1").click()
    page.keyboard.press("Space")
    expect(text).to_contain_text(">PIN")
    page.keyboard.press("Escape")
    expect(text).to_contain_text("1 account")


def test_unplugged_it_is_dark_and_plugged_in_it_is_back(page: Page) -> None:
    state = page.get_by_role("status")
    expect(state).to_have_text("plugged in")
    page.get_by_role("button", name="Unplug").click()
    expect(state).to_have_text("unplugged")
    assert page.evaluate(_LIT) == 0
    page.get_by_role("button", name="Plug in").click()
    expect(state).to_have_text("plugged in")
    page.wait_for_function(f"({_LIT})() > 200")


def test_nothing_sticks_out_of_a_narrow_window(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
