"""``sparekey demo --once``: an enrolment and an offline login, played with the real programs."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .children import Child
from .person import NotSeen, Person
from .web_application import WebApplication

Tell = Callable[[str], None]


class BridgeFailed(Exception):
    """The bridge ended with an error; the message is what it said."""


class Played:
    """A server, a virtual token and a bridge in a folder of their own, and the steps people take."""

    def __init__(self, folder: Path, stack: ExitStack, tell: Tell, vm: str, person: Callable[[str], Person]):
        """Starts server and token; ``stack`` ends them. ``person`` makes one for a control address."""
        self._folder, self._stack, self._tell = folder, stack, tell
        self._port = folder / "token.port"
        self._server = self._start_server("--listen", "127.0.0.1:0")
        token = ["token", "virtual", "--state", str(folder / "token"), "--port", str(self._port)]
        token += ["--control", "127.0.0.1:0", "--vm", vm]
        started = stack.enter_context(Child(token, "control at ", folder / "token.log"))
        self.person = person(started.announced)
        stack.callback(self.person.close)

    def enrol(self, userid: str) -> str:
        """Adds an account; answers the check code that token and page showed alike."""
        application = self._application()
        picture = self._folder / "enrol.png"
        picture.write_bytes(application.enrolment_picture(userid, userid))
        with self._bridge("enrol", str(picture)):
            self.person.wait_for("add account")
            self.person.press("ok")
            code = application.wait_for_check_code()
            self.person.wait_for(code)
            self.person.press("ok")
            self.person.wait_for("added")
        application.confirm(code)
        return code

    def shut_the_app_side(self) -> None:
        """Starts the server again at the same address, its app side shut: no bridge can reach it."""
        address = self._server.announced.removeprefix("http://")
        self._server.stop()
        self._server = self._start_server("--listen", address, "--no-app")

    def log_in(self) -> dict[str, Any]:
        """Logs in with the OTP read from the OLED; answers the LoginStatus."""
        application = self._application()
        picture = self._folder / "login.png"
        picture.write_bytes(application.login_picture())
        with self._bridge("login", str(picture), "--now"):
            self.person.wait_for("log in")
            self.person.press("ok")
            otp = read_otp(self.person.wait_for("left"))
        self._tell(f"The OTP is read from the OLED and typed into the page: {otp}")
        return application.otp_login(otp)

    def _application(self) -> WebApplication:
        apikey = (self._folder / "server" / "apikey").read_text().strip()
        application = WebApplication(self._server.announced, apikey)
        self._stack.callback(application.close)
        return application

    def _start_server(self, *options: str) -> Child:
        command = ["server", "run", "--demo", "--data", str(self._folder / "server"), *options]
        return self._stack.enter_context(Child(command, "listening on ", self._folder / "server.log"))

    @contextmanager
    def _bridge(self, *arguments: str) -> Iterator[None]:
        """Runs ``sparekey ARGUMENTS`` beside what the person does, and waits for its good end."""
        command = [sys.executable, "-m", "sparekey", *arguments, "--port", str(self._port)]
        self._tell(f"$ sparekey {' '.join([*arguments, '--port', str(self._port)])}")
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # this server is gone in a minute: nothing for the user's own settings to remember
            env={**os.environ, "XDG_CONFIG_HOME": str(self._folder)},
        ) as bridge:
            try:
                yield
                said, _ = bridge.communicate(timeout=60)
            except BaseException:
                bridge.kill()
                said, _ = bridge.communicate()
                self._tell(said.strip())
                raise
        if bridge.returncode:
            raise BridgeFailed(said.strip())


def read_otp(screen: str) -> str:
    """The OTP on the OLED: its two halves in the two lines of big type, as recognised from the pixels.

    Raises ``NotSeen`` where the screen has none.
    """
    halves = [
        line.strip() for line in screen.splitlines() if len(line.strip()) == 6 and line.strip().isalnum()
    ]
    if len(halves) < 2:
        raise NotSeen(f"no OTP on the OLED: {screen!r}")
    return " ".join(halves[:2])
