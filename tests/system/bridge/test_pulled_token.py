"""The real token pulled at every step of every flow: the bridge says so, and all works again afterwards."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from sparekey.demo.children import Child
from sparekey.demo.web_application import WebApplication
from tests.system.end_to_end.walk import enrol, picture, take_otp
from tests.system.real_programs import Bridge, Holder


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holder]:
    """One token for all of this module."""
    folder = tmp_path_factory.mktemp("token")
    port = folder / "port"
    command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(port)]
    with ExitStack() as ends:
        child = ends.enter_context(
            Child([*command, "--control", "127.0.0.1:0"], "control at ", folder / "log")
        )
        holder = Holder(child.announced, port, child)
        ends.callback(holder.close)
        yield holder


def power(token: Holder, state: str) -> None:
    httpx.post(f"{token.control}/power/{state}", trust_env=False, timeout=30).raise_for_status()


@pytest.fixture
def token(
    shared: Holder, browse: Callable[[], WebApplication], bridge: Callable[..., Bridge], tmp_path: Path
) -> Iterator[Holder]:
    """The token with an account, under power; afterwards it must still make an OTP that is accepted."""
    if not (shared.port.parent / "enrolled").exists():
        enrol(browse(), shared, bridge, tmp_path, "ada")
        (shared.port.parent / "enrolled").touch()
    yield shared
    power(shared, "on")
    page = browse()
    assert page.otp_login(take_otp(page, shared, bridge, tmp_path))["otplogin"] is True


STEPS = {
    "login, scanned": (["login", "LOGIN"], ["asking the server"]),
    "login, at the prompt": (["login", "LOGIN", "--now"], ["log in?"]),
    "enrolment, at the prompt": (["enrol", "ENROL"], ["add account"]),
    "enrolment, at the check code": (["enrol", "ENROL"], ["add account", "ok", "CODE"]),
    "setting the time": (["token", "set-time"], ["set clock"]),
    "removing": (["token", "remove", "ada"], ["remove"]),
    "wiping": (["token", "wipe"], ["ok"]),
    "a new PIN": (["token", "pin"], ["pin"]),
}


@pytest.mark.parametrize("step", STEPS)
def test_pulled(
    step: str,
    token: Holder,
    browse: Callable[[], WebApplication],
    bridge: Callable[..., Bridge],
    tmp_path: Path,
) -> None:
    command, waits = STEPS[step]
    page = browse()
    pictures = {"LOGIN": page.login_picture, "ENROL": lambda: page.enrolment_picture("bob", "bob")}
    arguments = [
        picture(tmp_path, "code.png", pictures[word]()) if word in pictures else word for word in command
    ]
    if command[0] == "login" and "--now" not in command:
        # nothing answers there, and the countdown is long
        arguments += ["--server-url", "http://127.0.0.1:9"]
    running = bridge(token, *arguments)
    for words in waits:
        if words == "ok" and len(waits) > 1:
            token.press("ok")
        else:
            token.wait_for(page.wait_for_check_code() if words == "CODE" else words)
    power(token, "off")
    assert running.end() == 3, (running.stdout, running.stderr)
    assert "unplugged" in running.stderr
    assert "Traceback" not in running.stderr
