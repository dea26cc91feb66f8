"""The finger's own firmware on the virtual board, holding a virtual token as it would hold a real one."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import serial

from sparekey.demo.children import Child

from .finger_hand import FingerHand
from .serial_line import SerialLine
from .service import Service, expected
from .token_in_hand import Token
from .virtual_finger import VirtualFinger


@pytest.fixture(scope="module")
def fingered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """A virtual token that only the finger touches."""
    folder = tmp_path_factory.mktemp("fingered")
    port, state = folder / "port", folder / "state"
    command = ["token", "virtual", "--state", str(state), "--port", str(port), "--control", "127.0.0.1:0"]
    with (
        Child([*command, "--start", "enrolled"], "control at ", folder / "log") as child,
        VirtualFinger(folder, state, child.announced) as finger,
    ):
        hand = FingerHand(finger.port, port)
        token = Token(port, hand, "fingered")
        yield token
        token.line.close()
        hand.close()


def test_a_login_with_the_finger(fingered: Token) -> None:
    body = Service().login()
    fingered.scan(body)
    number = fingered.ask("otp.generate", index=0)
    assert "as ada" in fingered.wait_for("Log in?")
    assert not fingered.line.answered(number)
    since = time.time()
    fingered.press("ok")
    answer = fingered.answer(number)["otp"]
    assert answer in expected(fingered.account, body, since)
    assert " ".join(fingered.wait_for("s left", "Be quick").splitlines()[:2]) == answer
    fingered.press("back")


def test_the_finger_cuts_and_restores_the_power(fingered: Token) -> None:
    before = fingered.hello()
    fingered.power_off()
    assert not fingered.port.exists()
    fingered.power_on()
    assert fingered.hello()["token_id"] == before["token_id"]
    fingered.wait_for("account")


def test_a_token_is_wiped_and_enrolled_as_a_real_one_is(fingered: Token) -> None:
    fingered.begin("enrolled")
    assert fingered.hello()["accounts"] == 1
    assert fingered.account.name == "ada"


def _pytest(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=200
    )


def test_the_device_tests_hold_a_token_by_its_port_and_the_finger(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """As ``pytest --token /dev/ttyACM0 --finger /dev/ttyACM2`` would, with the refusal to wipe before it."""
    folder = tmp_path_factory.mktemp("by-port")
    port, state = folder / "port", folder / "state"
    command = ["token", "virtual", "--state", str(state), "--port", str(port), "--control", "127.0.0.1:0"]
    with (
        Child([*command, "--start", "enrolled"], "control at ", folder / "log") as child,
        VirtualFinger(folder, state, child.announced) as finger,
    ):
        httpx.post(child.announced + "/power/on", trust_env=False, timeout=30).raise_for_status()
        line = SerialLine(port)
        ident = line.call("hello", versions=[1])["token_id"]
        line.close()
        options = ["--token", str(port), "--finger", str(finger.port)]
        chosen = ["tests/device/test_login.py", "-k", "after_a_press or middle or full_token"]
        refused = _pytest(*options, *chosen)
        assert refused.returncode == 4
        assert f"--wipe-token {ident}" in refused.stdout + refused.stderr
        done = _pytest(*options, "--wipe-token", ident, *chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"WIPE the token {ident}" in done.stderr
    assert "1 passed, 1 skipped" in done.stdout
    assert "needs_states" in done.stdout


def test_what_the_finger_does_not_understand(tmp_path: Path) -> None:
    state = tmp_path / "token"
    state.mkdir()
    for name in ("traffic", "pins"):
        (state / name).touch()
    with (
        VirtualFinger(tmp_path, state, "http://127.0.0.1:9") as finger,
        serial.Serial(str(finger.port), timeout=5) as port,
    ):
        for line in (
            b"",
            b"press",
            b"press ok",
            b"press ok 0",
            b"press up 5",
            b"power",
            b"\xff\xff",
            b"x" * 500,
        ):
            port.write(line + b"\n")
            assert port.readline() == b"error not understood\n", line
        port.write(b"hello\n")
        assert port.readline() == b"finger 1\n"
