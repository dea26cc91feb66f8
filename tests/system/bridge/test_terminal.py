"""``sparekey login`` in a terminal, played in tmux and kept as pictures for the manual.

The pictures go to ``docs/terminal/`` where ``SPAREKEY_KEEP_PICTURES`` is set, else to a folder that
goes with the test.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sparekey_token.core import crock32
from tests.unit.bridge.server_double import ServerDouble
from tests.unit.bridge.test_scan import beside, code
from tests.unit.bridge.token_double import TokenDouble

from .terminal import Terminal, need_tmux
from .terminal_picture import svg

_DOCS = Path(__file__).resolve().parents[3] / "docs" / "terminal"


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts ``sparekey ARGUMENTS`` in a terminal."""
    need_tmux()
    opened: list[Terminal] = []
    # as a person types it
    (tmp_path / "sparekey").symlink_to(Path(sys.executable).with_name("sparekey"))

    def started(*arguments: str, columns: int = 78, lines: int = 25) -> Terminal:
        sparekey = str(Path(sys.executable).with_name("sparekey"))
        opened.append(Terminal([sparekey, *arguments], columns, lines))
        return opened[-1]

    yield started
    for terminal in opened:
        terminal.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures are kept."""
    folder = _DOCS if os.environ.get("SPAREKEY_KEEP_PICTURES") else tmp_path / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def test_an_offline_login_hurried_by_enter(
    play: Callable[..., Terminal], token: TokenDouble, server: ServerDouble, tmp_path: Path, pictures: Path
) -> None:
    token.finger = None
    arguments = ["login", server.login_text(), "--port", str(token.path)]
    terminal = play(*arguments, "--server-url", "http://127.0.0.1:9")
    frames = []

    def keep(words: str, seconds: float) -> str:
        text = terminal.wait_for(words)
        frames.append((f"$ sparekey login screen\n{terminal.picture()}", seconds))
        return text

    keep("one-time password in", 1.5)
    keep("Error 70 (unreachable)", 2)
    terminal.wait_for("one-time password in 5")
    keep("Enter: now", 1.5)
    assert token.asked.count("otp.generate") == 0
    terminal.type("Enter")
    keep("Press OK on it if that is you", 2.5)
    token.press("ok")
    shown = keep("Enter: end", 5)
    (otp,) = [line.strip() for line in shown.splitlines() if len(line.strip()) == 13 and line[6] == " "]
    assert server._otp_login({"otp": otp})[0] == 200
    assert "▀" in shown or "█" in shown, "the OTP is not shown large"
    terminal.type("Enter")
    assert "exit status 0" in terminal.wait_for("exit status")
    (pictures / "login.svg").write_text(
        svg(frames, terminal.columns, terminal.lines + 1, "A login with Sparekey while the server is away")
    )


def test_an_online_login(
    play: Callable[..., Terminal], token: TokenDouble, server: ServerDouble, url: str, pictures: Path
) -> None:
    terminal = play("login", server.login_text(), "--port", str(token.path), "--server-url", url, lines=9)
    text = terminal.wait_for("exit status 0")
    assert "The server answers: no one-time password is needed." in text
    assert "signed in as ada" in text
    frame = f"$ sparekey login screen\n{terminal.picture()}"
    frame = frame.split("\n\nexit status")[0]
    (pictures / "online.svg").write_text(
        svg([(frame, 1)], terminal.columns, terminal.lines, "A login with Sparekey, online")
    )


def test_an_account_is_chosen_by_its_number(
    play: Callable[..., Terminal], token: TokenDouble, server: ServerDouble
) -> None:
    token.accounts.append(server.account("bob", 815))
    terminal = play("login", server.login_text(), "--now", "--port", str(token.path))
    terminal.wait_for("2  bob")
    terminal.type("9", "Enter")
    terminal.wait_for("A number from 1 to 2")
    terminal.type("2", "Enter")
    shown = terminal.wait_for("Enter: end")
    assert crock32.encode(815, 6) in shown
    terminal.type("C-c")
    assert "exit status 130" in terminal.wait_for("exit status")


def test_of_two_codes_in_view_the_person_chooses(
    play: Callable[..., Terminal], token: TokenDouble, server: ServerDouble, tmp_path: Path
) -> None:
    first = server.login_text()
    server.session_id = bytes(16)
    beside(code(first), code(server.login_text())).save(tmp_path / "two.png")
    terminal = play("login", str(tmp_path / "two.png"), "--now", "--port", str(token.path))
    terminal.wait_for("2  Double Bank (Firefox, Ghent)")
    terminal.type("2", "Enter")
    terminal.wait_for("Enter: end")


def test_a_narrow_window(play: Callable[..., Terminal], token: TokenDouble, server: ServerDouble) -> None:
    arguments = ["login", server.login_text(), "--port", str(token.path)]
    terminal = play(*arguments, "--server-url", "http://127.0.0.1:9", columns=34, lines=40)
    text = terminal.wait_for("one-time password in 5")
    assert text.count("Enter: n") <= 1, "the line was not drawn over"
    assert text.splitlines()[:4] == [
        "Login at Double Bank, asked for by",
        "Firefox, Ghent",
        "Trying the server. If it stays",
        "away, the token makes a one-time",
    ]
    terminal.type("Enter")
    terminal.wait_for("s left")
    terminal.type("Enter")
    assert "exit status 0" in terminal.wait_for("exit status")


def test_ctrl_c_leaves_a_tidy_terminal(
    play: Callable[..., Terminal], token: TokenDouble, server: ServerDouble
) -> None:
    token.finger = None
    arguments = ["login", server.login_text(), "--port", str(token.path)]
    terminal = play(*arguments, "--server-url", "http://127.0.0.1:9")
    terminal.wait_for("Enter: now")
    terminal.type("C-c")
    text = terminal.wait_for("exit status 130")
    assert "Interrupted." in text
    assert "Traceback" not in text
    assert "Enter: now" not in text


def test_copying_and_clearing(
    play: Callable[..., Terminal],
    token: TokenDouble,
    server: ServerDouble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied, held = tmp_path / "copied", tmp_path / "held"
    script = tmp_path / "xclip"
    script.write_text(
        f"#!/bin/sh\ncase $* in *image/png*) exit 1;; *-out*) exec cat {held};; esac\n"
        f"cat > {held}\ncat {held} >> {copied}\necho . >> {copied}\n"
    )
    script.chmod(0o755)
    need_tmux()
    tmux = shutil.which("tmux")
    (tmp_path / "tmux").symlink_to(str(tmux))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    terminal = play("login", server.login_text(), "--now", "--port", str(token.path))
    terminal.wait_for("Enter: end")
    terminal.type("c", "Enter")
    terminal.wait_for("Copied")
    terminal.type("Enter")
    terminal.wait_for("exit status 0")
    otp, cleared = copied.read_text().splitlines()
    assert server._otp_login({"otp": otp.rstrip(".")})[0] == 200
    assert cleared == "."
