"""The QR code that a command is for: of several, the one of its kind, or the one that the person chooses."""

import sys

from sparekey.bridge import scan
from sparekey.bridge.errors import BridgeError, SeveralScanned
from sparekey.bridge.payloads import read
from sparekey_token.core import payload

from .words import printable, say


def scanned(source: str, kind: type, *, asking: bool) -> str:
    """The text of the code at ``source``; of several, one whose payload is of ``kind``.

    ``asking``: there is a person at a terminal to ask. Raises what ``scan.read`` raises.
    """
    try:
        return scan.read(source)
    except SeveralScanned as several:
        fitting = {text: words for text in several.texts if (words := _described(text, kind))}
        if len(fitting) == 1:
            return next(iter(fitting))
        if not fitting or not asking:
            raise
        return _asked(fitting)


def _described(text: str, kind: type) -> str:
    """What a code is for; empty where it is of another kind, or broken."""
    try:
        shown = read(text)
    except BridgeError:
        return ""
    if not isinstance(shown, kind):
        return ""
    if isinstance(shown, payload.Transaction):
        return f"{shown.amount} {shown.beneficiary}"
    who = shown.hint if isinstance(shown, payload.Login) else shown.account_name
    return f"{shown.server_name} ({who})" if who else str(shown.server_name)


def _asked(fitting: dict[str, str]) -> str:
    say("More than one QR code is in view. Which one?")
    texts = list(fitting)
    for number, text in enumerate(texts, 1):
        say(f"  {number}  {printable(fitting[text])}")
    for line in sys.stdin:
        if line.strip().isdecimal() and 1 <= int(line) <= len(texts):
            return texts[int(line) - 1]
        say(f"A number from 1 to {len(texts)}, please.")
    raise KeyboardInterrupt
