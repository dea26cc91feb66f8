"""``sparekey watch``: a login code that appears on the screen is taken from there."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from sparekey.bridge.errors import NotReadable
from sparekey.bridge.scan import watching
from sparekey.bridge.scan.screen import Shot
from sparekey.cli.watch import watch

from .server_double import ServerDouble
from .test_commands import sparekey
from .test_scan import code
from .token_double import TokenDouble


def test_a_login_from_the_screen(
    monkeypatch: pytest.MonkeyPatch, token: TokenDouble, server: ServerDouble
) -> None:
    blank = Image.new("L", (300, 300), "white")
    rounds = map(Shot.of, [blank, blank, code(server.login_text()).convert("L")])
    # looked up when the command runs, so that the default is the double too
    monkeypatch.setattr(
        watching.Watch.__init__, "__defaults__", (lambda: [next(rounds)], lambda seconds: None)
    )
    done = CliRunner().invoke(watch, ["--now", "--port", str(token.path)], standalone_mode=False)
    assert done.exception is None, done.stderr
    assert server._otp_login({"otp": done.stdout.strip()})[0] == 200


def test_watching_for_ever_goes_on_without_a_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: ServerDouble
) -> None:
    rounds = iter([[Shot.of(code(server.login_text()).convert("L"))]])

    def shots() -> list[Shot]:
        for shown in rounds:
            return shown
        raise NotReadable("end of the test")

    monkeypatch.setattr(watching.Watch.__init__, "__defaults__", (shots, lambda seconds: None))
    done = CliRunner().invoke(watch, ["--forever", "--json", "--port", str(tmp_path / "none")])
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["error"]["name"] for one in told if "error" in one] == ["port_failed", "not_readable"]
    assert done.exit_code == 1


def test_a_machine_without_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    done = sparekey("watch")
    assert done.returncode == 1
    assert "no screen can be seen" in done.stderr
