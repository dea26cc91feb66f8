"""The one-time password for a person: large, with the seconds left, copied if they like."""

import sys
import threading
import time

import click

from sparekey.bridge import clipboard
from sparekey_token.core.interval import INTERVAL

from .keyboard import Keyboard
from .large import large
from .status_line import StatusLine, is_live
from .words import say, terminal_columns

# a server takes the OTP of the previous interval, too (docs/protocol.md §4): half of that is left for typing
_GRACE = 60


def seconds_left(now: float) -> int:
    """Seconds of the interval left at ``now`` (Unix seconds), as the OLED counts them."""
    return int(INTERVAL - now % INTERVAL)


def left_in_words(left: int) -> str:
    """What to say ``left`` seconds before the end of the grace; the words of the OLED."""
    return f"{left - _GRACE} s left" if left > _GRACE else f"Be quick: {left} s left"


def show(otp: str) -> None:
    """Shows ``otp`` in large type on stderr, one half above the other, where there is room for it."""
    lines = [line for half in otp.split() for line in [*large(half), ""]]
    encoding = (sys.stderr.encoding or "ascii").lower()
    if max(map(len, lines)) + 2 < terminal_columns() and encoding.startswith("utf"):
        live = is_live()  # a dumb terminal would print the escape sequences
        say("\n" + "\n".join("  " + (click.style(line, bold=True) if live else line) for line in lines))


def offer_copy(otp: str) -> None:
    """Shows the seconds left until Enter or their end; ``c`` copies, and the copy is cleared then."""
    end = time.monotonic() + seconds_left(time.time()) + _GRACE
    line = StatusLine() if is_live() else None
    ended = threading.Event()
    copied = threading.Event()

    def count_down() -> None:
        if line:
            line.count_down(
                end - time.monotonic(), lambda left: f"  {left_in_words(left)}; Enter: end, c Enter: copy"
            )

    def typed(key: str) -> None:
        if line:
            line.clear()
        if key.lower() != "c":
            ended.set()
            return
        if clipboard.copy(otp):
            copied.set()
            say("Copied; it is taken off the clipboard again at the end.")
        else:
            say("No clipboard could be reached from here.")
        count_down()

    if not line:
        say(f"It is good for {seconds_left(time.time())} s. c and Enter copies it, Enter ends.")
    keyboard = Keyboard(typed)
    count_down()
    try:
        ended.wait(max(0.0, end - time.monotonic()))
    finally:
        keyboard.close()
        # before the line: a terminal that is gone takes no more words
        if copied.is_set():
            clipboard.take_back(otp)
        if line:
            line.clear()
