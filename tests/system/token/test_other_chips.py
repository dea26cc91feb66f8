"""The firmware on the other chips it has drivers for, and with each board's own pins.py."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from sparekey.demo.children import Child
from sparekey_token.core import compose
from tests.device.serial_line import Refusal, SerialLine
from tests.device.service import ENROLLED, Service, expected, is_right
from tests.system.real_programs import Holder

ROOT = Path(__file__).resolve().parents[3]
BOARDS = sorted(folder.parent.name for folder in (ROOT / "boards").glob("*/pins.py"))


def post(token: Holder, path: str) -> None:
    httpx.post(token.control + path, trust_env=False, timeout=60).raise_for_status()


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Holder]]:
    """Makes enrolled virtual tokens of a board."""
    with ExitStack() as closed_at_the_end:

        def taken(board: str) -> Holder:
            folder = tmp_path_factory.mktemp("token")
            command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(folder / "port")]
            command += ["--control", "127.0.0.1:0", "--board", board, "--start", "enrolled"]
            child = closed_at_the_end.enter_context(Child(command, "control at ", folder / "log"))
            token = Holder(child.announced, folder / "port", child)
            closed_at_the_end.callback(token.close)
            return token

        yield taken


@pytest.fixture(scope="module")
def other(take: Callable[[str], Holder], tmp_path_factory: pytest.TempPathFactory) -> Holder:
    """A token with an SH1107 and, in place of the board's own clock, a PCF8523."""
    folder = tmp_path_factory.mktemp("boards") / "feather_with_pcf8523"
    shutil.copytree(ROOT / "boards" / "feather_rp2040", folder)
    pins = folder / "pins.py"
    written = pins.read_text(encoding="utf-8")
    assert 'RTC = "ds3231"' in written
    assert 'OLED = "sh1107"' in written
    pins.write_text(written.replace('RTC = "ds3231"', 'RTC = "pcf8523"'), encoding="utf-8")
    return take(str(folder))


@pytest.fixture(scope="module")
def usual(take: Callable[[str], Holder]) -> Holder:
    """A token with an SSD1306 and a DS3231."""
    return take("virtual")


@pytest.mark.parametrize("board", BOARDS)
def test_every_boards_own_pins_make_a_token(take: Callable[[str], Holder], board: str) -> None:
    token = take(board)
    token.wait_for("1 account")
    with closing(SerialLine(token.port)) as line:
        said = line.call("hello", versions=[1])
        assert (said["board"], said["clock"], said["accounts"]) == (board, "set", 1)
    token.press("ok")
    token.wait_for(">Accounts")
    token.child.stop()


# the minute may turn, or the OTP's second, between two pictures: then once more
@pytest.mark.parametrize(
    ("buttons", "words"),
    [
        ([], "1 account"),
        (["ok"], ">Accounts"),
        (["ok", "next", "next"], ">PIN"),
        (["ok", "next", "ok"], "Clock"),
        (["ok", "next", "next", "next", "ok"], "%"),
    ],
)
def test_an_sh1107_shows_what_an_ssd1306_shows(
    other: Holder, usual: Holder, buttons: list[str], words: str
) -> None:
    for _ in range(3):
        pictures = []
        for token in (other, usual):
            token.wait_for("1 account")
            for button in buttons:
                token.press(button)
            token.wait_for(words)
            pictures.append(token.picture().tobytes())
            while "1 account" not in token.screen():
                token.press("back")
        if pictures[0] == pictures[1]:
            assert any(pictures[0])
            return
    raise AssertionError("the two differ")


def test_a_login_on_the_other_chips(other: Holder) -> None:
    body = Service().login()
    with closing(SerialLine(other.port)) as line:
        line.call("session.start", payload=compose.to_text(body))
        asked = line.ask("otp.generate", index=0)
        other.wait_for("Log in?")
        since = time.time()
        other.press("ok")
        made = line.answer(asked, 20)["otp"]
    assert made in expected(ENROLLED, body, since)
    first, code = made.split(" ")
    shown = other.wait_for(code)
    assert first in shown
    other.press("ok")


def test_a_pcf8523_keeps_the_time_without_power_by_its_battery(other: Holder) -> None:
    for _ in range(2):
        post(other, "/power/off")
        post(other, "/power/on")
        with closing(SerialLine(other.port)) as line:
            asked_at = time.time()
            said = line.call("hello", versions=[1])
            assert said["clock"] == "set"
            assert is_right(said["unix"], asked_at)


def test_a_pcf8523_that_lost_its_time_makes_no_otp_until_someone_sets_it(other: Holder) -> None:
    post(other, "/power/off")
    post(other, "/battery/out")
    post(other, "/power/on")
    with closing(SerialLine(other.port)) as line:
        assert line.call("hello", versions=[1])["clock"] == "unset"
        other.wait_for("lost its")
        body = compose.to_text(Service().login())
        with pytest.raises(Refusal) as refused:
            line.call("session.start", payload=body)
        assert refused.value.name == "clock_unset"
        asked = line.ask("time.set", unix=int(time.time()))
        other.wait_for("Set clock?")
        other.press("ok")
        assert line.answer(asked, 20) == {"offset": 0}
    # setting it has switched the battery on: without that, this cut would lose the time again
    post(other, "/power/off")
    post(other, "/power/on")
    with closing(SerialLine(other.port)) as line:
        asked_at = time.time()
        said = line.call("hello", versions=[1])
        assert said["clock"] == "set"
        assert is_right(said["unix"], asked_at)


def test_an_unplugged_pcf8523_is_no_clock(other: Holder) -> None:
    post(other, "/plug/rtc/out")
    other.wait_for("clock chip")
    post(other, "/plug/rtc/in")
    other.wait_for("1 account")
