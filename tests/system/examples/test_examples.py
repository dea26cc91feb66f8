"""Every program in examples/, run as its reader would, against a virtual token and the login service."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from sparekey.demo.web_application import WebApplication
from tests.system.end_to_end.walk import enrol, picture
from tests.system.real_programs import Bridge, Holder, Service

_EXAMPLES = Path(__file__).parents[3] / "examples"
_NO_SERVER = "http://127.0.0.1:9"  # discard: nobody listens there

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(stack: ExitStack) -> Start:
    """Starts an example with its arguments."""

    def started(name: str, *arguments: object) -> "subprocess.Popen[str]":
        running = subprocess.Popen(
            [sys.executable, str(_EXAMPLES / name), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        stack.callback(running.communicate)
        stack.callback(running.kill)
        return running

    return started


@pytest.fixture
def token(
    take_token: Callable[..., Holder],
    browse: Callable[[], WebApplication],
    bridge: Callable[..., Bridge],
    tmp_path: Path,
) -> Holder:
    """A token with ada's account."""
    holder = take_token()
    enrol(browse(), holder, bridge, tmp_path, "ada")
    return holder


def test_who_is_there(token: Holder, start: Start) -> None:
    out, err = start("who_is_there.py", token.port).communicate(timeout=60)
    assert "firmware" in out, err
    assert "1 of" in out
    assert "  ada at " in out


@pytest.mark.parametrize("example", ["log_in.py", "log_in_asyncio.py"])
def test_logs_in_online_and_by_one_time_password(
    example: str,
    token: Holder,
    service: Service,
    browse: Callable[[], WebApplication],
    start: Start,
    tmp_path: Path,
) -> None:
    page = browse()
    code = picture(tmp_path, "login.png", page.login_picture())
    running = start(example, code, token.port, service.address)
    token.wait_for("log in")
    token.press("ok")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert "signed in" in out
    assert page.status()["loggedin"] is True

    page = browse()
    code = picture(tmp_path, "offline.png", page.login_picture())
    running = start(example, code, token.port, _NO_SERVER)
    token.wait_for("log in")
    token.press("ok")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert page.otp_login(out.splitlines()[-1])["otplogin"] is True


def test_a_web_application_takes_the_one_time_password(
    token: Holder, service: Service, start: Start, tmp_path: Path
) -> None:
    code = tmp_path / "code.png"
    site = start("web_application.py", service.address, service.data / "apikey", code)
    assert site.stdout
    assert "scan" in site.stdout.readline()
    running = start("log_in.py", code, token.port, _NO_SERVER)
    token.wait_for("log in")
    token.press("ok")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    out, err = site.communicate(out.splitlines()[-1] + "\n", timeout=60)
    assert site.returncode == 0, out + err
    assert "welcome, ada (by one-time password)" in out


@pytest.mark.parametrize("name", ["log_in.py", "log_in_asyncio.py", "web_application.py"])
def test_an_example_without_arguments_tells_which_it_takes(name: str, start: Start) -> None:
    running = start(name)
    _, said = running.communicate(timeout=30)
    assert f"python examples/{name} " in said
    assert "Traceback" not in said
