"""A virtual token in a person's hand, a running bridge and a running login service."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sparekey.demo.children import Child
from sparekey.demo.person import Person

PATIENCE = 120.0  # seconds: only what hangs is slower, on however busy a machine


class Holder(Person):
    """Someone with a virtual token in their hand; ``port`` is the path of its serial port."""

    def __init__(self, control: str, port: Path, child: Child) -> None:
        super().__init__(control)
        self.control = control
        self.port = port
        self.child = child

    def wait_for(self, *words: str, seconds: float = PATIENCE) -> str:
        """Waits until the OLED shows one of ``words`` and answers all of it, or raises ``NotSeen``."""
        return super().wait_for(*words, seconds=seconds)


class Bridge:
    """``sparekey ARGUMENTS`` with a token's port, running beside what a person does."""

    def __init__(self, port: Path, *arguments: str) -> None:
        self._running = subprocess.Popen(
            [sys.executable, "-m", "sparekey", *arguments, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_CONFIG_HOME": str(port.parent), "XDG_DATA_HOME": str(port.parent)},
        )
        self.stdout = self.stderr = ""

    def end(self, seconds: float = PATIENCE) -> int:
        """Waits for its end; the exit code."""
        self.stdout, self.stderr = self._running.communicate(timeout=seconds)
        return self._running.returncode

    def kill(self) -> None:
        """Ends it, whatever it does."""
        if self._running.poll() is None:
            self._running.kill()
            self._running.communicate()


@dataclass(frozen=True)
class Service:
    """A running login service with its app side; ``data`` is its folder."""

    address: str
    data: Path

    @property
    def apikey(self) -> str:
        """The first API key."""
        return (self.data / "apikey").read_text().strip()
