"""The whole path with the firmware under MicroPython in a 128 KB heap."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sparekey.demo.web_application import WebApplication
from tests.system.real_programs import Bridge, Holder

from .walk import enrol, take_otp


def test_a_login_with_the_firmware_under_micropython(
    take_token: Callable[..., Holder],
    bridge: Callable[..., Bridge],
    browse: Callable[[], WebApplication],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = take_token("micropython")
    enrol(browse(), token, bridge, tmp_path, "marie")
    page = browse()
    status = page.otp_login(take_otp(page, token, bridge, tmp_path))
    assert status["loggedin"] is True
    assert status["otplogin"] is True
    assert status["userid"] == "marie"
    heap = httpx.get(token.control + "/facts", trust_env=False).json()["heap"]
    with capsys.disabled():
        print(f"\nlargest heap use under MicroPython: {heap['largest']:,} of {heap['size']:,} bytes")
    assert 0 < heap["largest"] < heap["size"] <= 128 * 1024
