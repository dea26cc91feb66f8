"""Faults of parts and hosts: the token says so, goes on answering, and mends itself when they end."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from sparekey_token.core import compose, frame
from tests.device.serial_line import Refusal, SerialLine
from tests.device.service import Service
from tests.system.real_programs import Holder

HELLO = {"versions": [1]}


@pytest.fixture
def token(take_token: Callable[..., Holder]) -> Holder:
    taken = take_token("cpython", "--start", "enrolled")
    taken.wait_for("1 account")
    return taken


def post(token: Holder, path: str) -> None:
    httpx.post(token.control + path, trust_env=False, timeout=60).raise_for_status()


@contextmanager
def cable(token: Holder) -> Iterator[SerialLine]:
    line = SerialLine(token.port)
    try:
        yield line
    finally:
        line.close()


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def start_name(line: SerialLine) -> str:
    """The name of the refusal of a login for a server that the token doesn't know."""
    body = compose.login_body(bytes(8), bytes(16), 4_000_000_000, True, "x", "")
    with pytest.raises(Refusal) as refused:
        line.call("session.start", payload=compose.to_text(body))
    return refused.value.name


def test_an_unplugged_oled_is_noticed_and_nothing_is_asked_in_the_dark(token: Holder) -> None:
    with cable(token) as line:
        post(token, "/plug/oled/out")
        until(lambda: start_name(line) == "fault")
        assert line.call("hello", **HELLO)["accounts"] == 1
        post(token, "/plug/oled/in")
        until(lambda: start_name(line) == "no_account")
        token.wait_for("No account here")


def test_an_unplugged_clock_is_no_clock(token: Holder) -> None:
    with cable(token) as line:
        post(token, "/plug/rtc/out")
        token.wait_for("clock chip")
        assert line.call("hello", **HELLO)["clock"] == "unset"
        assert start_name(line) == "clock_unset"
        post(token, "/plug/rtc/in")
        until(lambda: line.call("hello", **HELLO)["clock"] == "set")
        token.wait_for("1 account")


def test_a_bus_held_low_leaves_the_host_an_answer(token: Holder) -> None:
    with cable(token) as line:
        post(token, "/bus/low")
        until(lambda: line.call("hello", **HELLO)["clock"] == "unset")
        for _ in range(20):
            assert line.call("ping") == {}
        post(token, "/bus/free")
        until(lambda: line.call("hello", **HELLO)["clock"] == "set")
        token.wait_for("1 account")


def test_a_bus_held_low_at_the_question_ends_in_no_otp_and_the_next_login_works(token: Holder) -> None:
    with cable(token) as line:
        for low in (True, False):
            line.call("session.start", payload=compose.to_text(Service().login()))
            asked = line.ask("otp.generate", index=0)
            token.wait_for("Log in?")
            if low:
                post(token, "/bus/low")
            token.press("ok")
            assert line.call("ping") == {}
            if not low:
                assert " " in line.answer(asked)["otp"]
                return
            # whether the press still counted or nobody could see the question any more
            line.call("cancel")
            with pytest.raises(Refusal) as refused:
                line.answer(asked)
            assert refused.value.name in ("clock_unset", "declined")
            post(token, "/bus/free")
            token.wait_for("1 account")


def test_a_host_that_never_reads_keeps_no_one_from_the_token(token: Holder) -> None:
    import serial

    request = frame.encode({"jsonrpc": "2.0", "id": 1, "method": "hello", "params": HELLO})
    with serial.Serial(str(token.port), timeout=5, write_timeout=0.2) as port:
        try:
            for _ in range(400):
                port.write(request)
        except serial.SerialTimeoutException:
            pass
        token.press("ok")
        token.wait_for("Accounts")
        token.press("back")
        token.wait_for("1 account")
    with cable(token) as line:
        with contextlib.suppress(frame.LineFault):  # half an answer to who was there before
            line.call("ping")
        assert line.call("ping") == {}


def test_a_held_button_asks_before_it_opens_the_drive_and_back_leaves_all(token: Holder) -> None:
    for button, accounts in (("back", 1), ("ok", 0)):
        post(token, "/power/off")
        post(token, "/hold/back/down")
        started = threading.Thread(target=post, args=(token, "/power/on"))
        started.start()
        token.wait_for("let go")
        post(token, "/hold/back/up")
        token.wait_for("erase")
        token.press(button)
        started.join(60)
        with cable(token) as line:
            assert line.call("hello", **HELLO)["accounts"] == accounts
        token.wait_for("1 account" if accounts else "drive is open")
    post(token, "/power/off")
    post(token, "/power/on")
    token.wait_for("No accounts yet")
