"""Logging in over and over, with the power cut at random moments (``--soak 8h``)."""

import os
import random
import time
from collections.abc import Callable

import pytest

from .options import seconds
from .serial_line import Refusal, Silence
from .service import Service, expected
from .token_in_hand import Token

_A_CUT_IN = 5  # logins
_SHORT = 12  # logins and cuts


class Soak:
    """Logs in until the time is over and keeps count."""

    def __init__(self, token: Token, seed: int) -> None:
        """``seed`` decides when the power is cut."""
        self._token = token
        self._random = random.Random(seed)
        self.logins = self.cuts = 0
        self.failures: list[str] = []
        self.drifts: list[float] = []

    def go_on(self, over: Callable[[], bool]) -> None:
        """Until it is ``over``."""
        while not over():
            self.drifts.append(self._token.hello()["unix"] - time.time())
            cut = "power" in self._token.can and not self._random.randrange(_A_CUT_IN)
            try:
                self._log_in(cut)
            except (Refusal, Silence, AssertionError, OSError) as fault:
                self.failures.append(f"login {self.logins}: {type(fault).__name__} {fault}")
                self._token.replug()

    def _log_in(self, cut: bool) -> None:
        token, body = self._token, Service().login()
        token.scan(body)
        number = token.ask("otp.generate", index=token.account.index)
        token.wait_for("Log in?")
        if cut and self._random.random() < 0.5:
            return self._cut()
        since = time.time()
        token.press("ok")
        if cut:
            return self._cut()
        assert token.answer(number)["otp"] in expected(token.account, body, since)
        self.logins += 1
        return None

    def _cut(self) -> None:
        self._token.replug()
        self.cuts += 1
        assert self._token.hello()["accounts"] == 1

    def report(self) -> str:
        """A line for people."""
        least, most, since = min(self.drifts), max(self.drifts), self.drifts[-1] - self.drifts[0]
        return (
            f"{self.logins} logins, {self.cuts} cuts, {len(self.failures)} failures; "
            f"clock off by {least:+.1f} to {most:+.1f} s, {since:+.1f} s since the start"
        )


@pytest.mark.needs_power
def test_a_short_soak(enrolled: Token) -> None:
    soak = Soak(enrolled, seed=4)
    soak.go_on(lambda: soak.failures != [] or soak.logins + soak.cuts == _SHORT)
    assert not soak.failures, soak.failures
    assert soak.logins
    assert soak.cuts or "power" not in enrolled.can


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_soak(enrolled: Token, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = request.config.getoption("--soak")
    seed = int.from_bytes(os.urandom(4), "big")
    soak = Soak(enrolled, seed)
    end = time.monotonic() + seconds(wanted)
    while (now := time.monotonic()) < end:
        stop = min(end, now + 600)
        soak.go_on(lambda stop=stop: time.monotonic() >= stop)  # type: ignore[misc]
        with capsys.disabled():
            print(f"\n{soak.report()} (seed {seed})")
    assert not soak.failures, soak.failures[:20]
