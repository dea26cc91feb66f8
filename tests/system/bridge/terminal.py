"""A terminal for tests: tmux on a socket of its own, keys in, the screen out."""

import os
import shlex
import subprocess
import tempfile
import time

from tests.installed import program


class NotShown(AssertionError):
    """The terminal did not show what was waited for."""


class Terminal:
    """One command in a window of so many columns and lines."""

    def __init__(self, command: list[str], columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        # a socket's path is short: a test's folder may be too deep for it
        self._folder = tempfile.TemporaryDirectory(prefix="sparekey-", dir="/tmp")
        self._socket = f"{self._folder.name}/tmux"
        # the shell stays after the command, so that its last words can be read, and its status
        shell = f"{shlex.join(command)}; printf '\\nexit status %d\\n' $?; exec cat"
        # tmux must not see that it may itself run inside of another, nor the command another's size
        environment = {
            name: value for name, value in os.environ.items() if name not in ("TMUX", "COLUMNS", "LINES")
        }
        environment |= {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
        size = ["-x", str(columns), "-y", str(lines)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, shell, environment=environment)

    def _tmux(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        command = ["tmux", "-u", "-S", self._socket, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, timeout=20
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        """Keys as tmux names them: ``Enter``, ``C-c``, ``c``."""
        self._tmux("send-keys", *keys)

    def text(self) -> str:
        """What the screen shows."""
        return self._tmux("capture-pane", "-p")

    def picture(self) -> str:
        """What the screen shows, with its colours and weights as escape sequences."""
        return self._tmux("capture-pane", "-p", "-e")

    def wait_for(self, words: str, seconds: float = 30) -> str:
        """Waits until the screen shows ``words``; answers all of it, or raises ``NotShown``."""
        end = time.monotonic() + seconds
        while words not in (text := self.text()):
            if time.monotonic() > end:
                raise NotShown(f"the terminal shows {text!r}, not {words!r}")
            time.sleep(0.05)
        return text

    def close(self) -> None:
        """Ends whatever runs in it."""
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False)
        self._folder.cleanup()


def need_tmux() -> None:
    """Skips a test by name where there is no tmux; fails in CI."""
    program("tmux")
