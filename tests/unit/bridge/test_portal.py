"""The screen under Wayland: a real bus, a portal that says yes or no."""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sparekey.bridge import errors, scan
from tests.installed import program

from .server_double import ServerDouble
from .test_scan import code

Desktop = Callable[..., None]


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """Starts a session bus, and a portal on it that answers with ``code`` and a file's URI."""
    daemon = program("dbus-daemon")
    # no path: those of sockets are short, a test's folder may not be
    address = f"unix:abstract=sparekey-{secrets.token_hex(8)}"
    running: list[subprocess.Popen[str]] = []

    def started(code: int, uri: str) -> None:
        running.append(
            subprocess.Popen(
                [daemon, "--session", "--nofork", "--print-address", f"--address={address}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        assert running[0].stdout
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", running[0].stdout.readline().strip())
        script = str(Path(__file__).with_name("portal_double.py"))
        command = [sys.executable, script, str(code), uri]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert running[1].stdout
        assert running[1].stdout.readline() == "ready\n"

    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    yield started
    for process in reversed(running):
        process.kill()
        process.communicate()


def test_the_screen_through_the_portal(desktop: Desktop, tmp_path: Path, server: ServerDouble) -> None:
    shot = tmp_path / "shot 1.png"
    text = server.login_text()
    code(text).save(shot)
    desktop(0, shot.as_uri())
    assert scan.read("screen") == text
    assert not shot.exists(), "a picture of the screen is left behind"


def test_a_no_to_the_portal(desktop: Desktop) -> None:
    desktop(1, "")
    with pytest.raises(errors.NotReadable, match="did not allow"):
        scan.read("screen")


def test_no_portal_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(errors.NotReadable, match="portal"):
        scan.read("screen")
    monkeypatch.setitem(sys.modules, "jeepney", None)
    with pytest.raises(errors.PartMissing):
        scan.read("screen")
