"""A server in a process of its own that says where it listens."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType


class Child:
    """``python -m …`` until the block ends; ``url`` is what it announced."""

    def __init__(self, *command: str, log: Path) -> None:
        with log.open("ab") as talk:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=talk, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("listening on "), log.read_text()[-2000:]
        self.url = line.split()[-1]

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
