"""A token that hangs is reset by its watchdog, and is then what it was: 8 seconds, for three at once."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from sparekey.demo.children import Child
from sparekey_token.core import compose
from tests.device.serial_line import SerialLine
from tests.device.service import ENROLLED, Service, expected
from tests.system.real_programs import Holder

_PATIENCE = 40


class Hung(Holder):
    """A token that was made to hang, and the firmware's process that it hung in."""

    firmware: int

    def post(self, path: str) -> None:
        """Does something to it by its control address."""
        httpx.post(self.control + path, trust_env=False, timeout=120).raise_for_status()

    def fact(self, name: str) -> object:
        """One of its facts."""
        return httpx.get(self.control + "/facts", trust_env=False, timeout=30).json()[name]

    def note_the_process(self) -> None:
        """Remembers which process runs the firmware now."""
        (self.firmware,) = self.processes()

    def processes(self) -> list[int]:
        """The firmware's process: the only child of the token's."""
        pid = self.child.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def wait_until_bitten(self) -> None:
        """Waits until that process is no more."""
        self.wait_until(lambda: self.firmware not in self.processes())

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Waits, with patience."""
        end = time.monotonic() + _PATIENCE
        while not true():
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.fixture(scope="module")
def hung(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Hung]]:
    """Tokens that hang since about the same time: writing to the EEPROM, at start, with a CPU that stands."""
    with ExitStack() as closed_at_the_end:

        def taken(name: str) -> Hung:
            folder = tmp_path_factory.mktemp(name)
            port = folder / "port"
            command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(port)]
            command += ["--control", "127.0.0.1:0", "--start", "enrolled"]
            child = closed_at_the_end.enter_context(Child(command, "control at ", folder / "log"))
            token = Hung(child.announced, port, child)
            closed_at_the_end.callback(token.close)
            token.wait_for("1 account")
            return token

        writing, starting, standing = taken("writing"), taken("starting"), taken("standing")

        writing.note_the_process()
        with closing(SerialLine(writing.port)) as line:
            line.ask("accounts.remove", index=0)
            writing.wait_for("Remove")
            writing.post("/plug/eeprom/stuck")
            writing.press("ok")

        starting.post("/power/off")
        starting.post("/plug/eeprom/stuck")
        switched_on = threading.Thread(target=starting.post, args=("/power/on",))
        switched_on.start()
        closed_at_the_end.callback(switched_on.join, _PATIENCE)
        starting.wait_until(lambda: len(starting.processes()) == 1)
        starting.note_the_process()

        standing.note_the_process()
        os.kill(standing.firmware, signal.SIGSTOP)

        yield {"writing": writing, "starting": starting, "standing": standing}


@pytest.mark.parametrize("where", ["writing", "starting", "standing"])
def test_a_hang_ends_in_a_reset_and_the_vault_is_what_it_was(hung: dict[str, Hung], where: str) -> None:
    token = hung[where]
    token.wait_until_bitten()
    assert token.fact("reset") == "watchdog"
    token.post("/plug/eeprom/in")
    token.wait_until(lambda: token.fact("loops") is True)
    token.wait_for("1 account")
    with closing(SerialLine(token.port)) as line:
        assert line.call("hello", versions=[1])["accounts"] == 1
        body = Service().login()
        line.call("session.start", payload=compose.to_text(body))
        asked = line.ask("otp.generate", index=0)
        token.wait_for("Log in?")
        since = time.time()
        token.press("ok")
        assert line.answer(asked, 20)["otp"] in expected(ENROLLED, body, since)
        asked = line.ask("accounts.remove", index=0)
        token.wait_for("Remove")
        token.press("ok")
        line.answer(asked, 20)
        assert line.call("hello", versions=[1])["accounts"] == 0
