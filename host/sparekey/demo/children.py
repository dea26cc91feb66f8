"""The demo's child processes: started, waited for until they say that they answer, and ended."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


class ChildFailed(Exception):
    """A child process ended, or said nothing in time; the message has its last words."""


class Child:
    """A ``sparekey`` command that prints a line once it answers, and runs until it is stopped."""

    def __init__(self, arguments: Sequence[str], announces: str, log: Path, seconds: float = 30) -> None:
        """Starts ``sparekey ARGUMENTS``; its talk goes to the file ``log``.

        Waits until it prints a line that begins with ``announces``, whose rest is ``announced``.
        Raises ``ChildFailed`` where it ends before, or is silent for ``seconds``.
        """
        self._log = log
        self._name = " ".join(arguments[:2])
        self._drain: threading.Thread | None = None
        with log.open("ab") as talk:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sparekey", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=talk,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        silent = threading.Timer(seconds, self._process.kill)
        silent.start()
        try:
            for line in self._process.stdout:
                if line.startswith(announces):
                    self.announced = line.removeprefix(announces).strip()
                    break
            else:
                raise ChildFailed(self._last_words())
        finally:
            silent.cancel()
            if not hasattr(self, "announced"):
                self.stop()
        # a full pipe would stop a child that prints more
        self._drain = threading.Thread(target=self._process.stdout.read, daemon=True)
        self._drain.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Ends the child, politely first."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._drain is not None:
            self._drain.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _last_words(self) -> str:
        said = [
            line
            for line in self._log.read_text(errors="replace").splitlines()[-5:]
            if line.strip() and not line.startswith(("Usage: ", "Try "))  # of a command that nobody typed
        ]
        return f"'sparekey {self._name}' did not start: " + (" / ".join(said) or "it said nothing")
