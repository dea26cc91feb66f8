"""One line at the bottom of a terminal that counts down; nowhere else is anything drawn over."""

import os
import sys
import threading
import time
from collections.abc import Callable

from .words import is_terminal, terminal_columns


def is_live() -> bool:
    """Whether stderr is a terminal that can draw over a line."""
    return is_terminal(sys.stderr) and os.environ.get("TERM", "dumb") != "dumb"


class StatusLine:
    """Shows a line anew each second until it is cleared; other talk comes after ``clear``."""

    def __init__(self) -> None:
        self._ended: threading.Event | None = None
        self._thread: threading.Thread | None = None

    def count_down(self, seconds: float, words: Callable[[int], str]) -> None:
        """Shows ``words(seconds left)`` until none are left, cut to the window's width."""
        self.clear()
        ended = self._ended = threading.Event()
        self._thread = threading.Thread(target=_draw, args=(seconds, words, ended), daemon=True)
        self._thread.start()

    def clear(self) -> None:
        """Takes the line away."""
        if self._ended is not None and self._thread is not None:
            self._ended.set()
            self._thread.join()
            _write("\r\x1b[K")
        self._ended = self._thread = None


def _draw(seconds: float, words: Callable[[int], str], ended: threading.Event) -> None:
    end = time.monotonic() + seconds
    while not ended.is_set() and (left := round(end - time.monotonic())) > 0:
        # one column stays free: a full line would wrap, and could not be drawn over
        columns = terminal_columns() - 1
        _write("\r\x1b[K" + words(left)[:columns])
        ended.wait(1)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
