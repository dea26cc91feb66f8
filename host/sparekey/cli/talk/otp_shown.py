"""The one-time password for a person: large, with the seconds left, copied if they like."""

import shutil
import sys
import threading
import time

import click

from sparekey.bridge import clipboard
from sparekey_token.core.otp import INTERVAL

from .keyboard import Keyboard
from .large import large
from .words import say

# a server takes the OTP of the current and of the previous interval (docs/protocol.md §4)
_INTERVALS = 2


def seconds_left(now: float) -> int:
    """How long an OTP made at ``now`` (Unix seconds, by this computer's clock) will be accepted."""
    return int((now // INTERVAL + _INTERVALS) * INTERVAL - now)


def show(otp: str) -> None:
    """Shows ``otp`` in large type on stderr, where there is room for it."""
    columns = shutil.get_terminal_size().columns
    lines = large(otp)
    if max(map(len, lines)) + 4 > columns:
        lines = [line for half in otp.split() for line in [*large(half), ""]]
    encoding = (sys.stderr.encoding or "ascii").lower()
    if max(map(len, lines)) + 2 <= columns and encoding.startswith("utf"):
        say("\n" + "\n".join("  " + click.style(line, bold=True) for line in lines) + "\n")


def offer_copy(otp: str) -> None:
    """Shows the seconds left until Enter or their end; ``c`` copies, and the copy is cleared then."""
    end = time.monotonic() + seconds_left(time.time())
    ended = threading.Event()
    copied = threading.Event()

    def typed(line: str) -> None:
        if line.lower() != "c":
            ended.set()
        elif clipboard.copy(otp):
            copied.set()
            say("Copied; it is taken off the clipboard again at the end.")
        else:
            say("No clipboard could be reached from here.")

    keyboard = Keyboard(typed)
    say("c and Enter copies it, Enter ends.")
    try:
        while (left := int(end - time.monotonic())) > 0 and not ended.wait(1):
            click.echo(f"\r{left:>4} s left ", nl=False, err=True)
    finally:
        keyboard.close()
        click.echo("", err=True)
        if copied.is_set():
            clipboard.copy("")
