"""A firmware that crashes would be in safe mode, with its drive open: it comes back by itself instead."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.device.serial_line import SerialLine
from tests.system.real_programs import Holder


def _firmware(token: Holder) -> int:
    """Its process: the only child of the token's."""
    (pid,) = Path(f"/proc/{token.child.pid}/task/{token.child.pid}/children").read_text().split()
    return int(pid)


def test_a_crashed_token_leaves_safe_mode_with_its_accounts(take_token: Callable[..., Holder]) -> None:
    token = take_token("cpython", "--start", "enrolled")
    token.wait_for("1 account")
    crashed = _firmware(token)
    os.kill(crashed, signal.SIGSEGV)

    def facts() -> dict[str, object]:
        found: dict[str, object] = httpx.get(token.control + "/facts", trust_env=False).json()
        return found

    # "software": safemode.py ran in the crashed firmware's place, and reset the board
    end = time.monotonic() + 20
    while not (facts()["reset"] == "software" and facts()["loops"]):
        assert time.monotonic() < end, facts()
        time.sleep(0.05)
    token.wait_for("1 account")
    line = SerialLine(token.port)
    assert line.call("hello", versions=[1])["accounts"] == 1
    line.close()
