"""Typing a PIN with three buttons, and opening the vault with it.

The digit offered first is random, so that the number of presses tells nothing to who can't see the
screen. From the fourth digit on, the first thing offered is to be done.
"""

from .token import PATIENCE
from .view import centred, ends, page

try:
    from .token import Token
    from .view import Flow, View
except ImportError:
    pass

SHORTEST, LONGEST = 4, 12
"""Digits in a PIN."""

_DONE = 10


def needed(token: "Token") -> "Flow":
    """Asks for the PIN until the vault is open; nothing where it is, or has no PIN.

    Raises ``Refused``: ``declined`` on back, ``timed_out``. After the last wrong try the vault is
    wiped, has no PIN any more, and this returns.
    """
    vault = token.vault
    while vault.has_pin and not vault.unlocked:
        yield from _waited(token)
        pin = yield from typed(token, "unlock.pin", "PIN?")
        token.trying, token.ended = True, None
        try:
            right = yield from working(
                token, vault.unlock(pin), page("unlock.check", ["", "", "Checking..."])
            )
        finally:
            token.trying = False
            token.tried = token.ticks()
        if not right and not vault.has_pin:
            lines = ["Wrong PIN, once too", "often: all accounts", "are erased.", "", "Add them again."]
            yield from token.tell(page("unlock.wiped", lines), 20)
        if token.ended is not None:
            raise token.ended
        if right or not vault.has_pin:
            return
        lines = ["Wrong PIN.", "", tries(vault.tries_left), "After the last one", "all is erased."]
        yield from token.ask((page("unlock.wrong", lines),), what="pin")


def working(token: "Token", steps, view: "View") -> "Flow":  # type: ignore[no-untyped-def]
    """Shows ``view`` while the generator ``steps`` runs to its end; returns what it returns."""
    token.asking = token.working = True
    try:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            yield view
    finally:
        token.asking = token.working = False


def tries(count: int) -> str:
    """``1 try left``, ``2 tries left``."""
    return str(count) + (" try left" if count == 1 else " tries left")


def typed(token: "Token", name: str, title: str) -> "Flow":
    """Returns the PIN typed; ``Refused`` (``declined``) for back where nothing is typed yet."""
    from sparekey_token.core.errors import Refused

    pin = ""
    while True:
        digit = token.random(1)[0] % 10
        offered = _DONE if len(pin) >= SHORTEST else digit
        while True:
            button = yield from token.ask((_typing(name, title, len(pin), offered),), what="pin")
            if button != "next":
                break
            if offered == _DONE:
                offered = digit
            else:
                offered = (offered + 1) % 10
                if offered == digit and len(pin) >= SHORTEST:
                    offered = _DONE
        if button == "back":
            if not pin:
                raise Refused("declined")
            pin = pin[:-1]
        elif offered == _DONE:
            return pin
        else:
            pin += str(offered)
            if len(pin) == LONGEST:
                return pin


def _typing(name: str, title: str, count: int, offered: int):  # type: ignore[no-untyped-def]
    word = "done" if offered == _DONE else str(offered)
    head = ends(title, "*" * count)
    return page(name, [head, "", "", "", "ok take    next other"], (centred(22, word, 2),))


def _waited(token: "Token") -> "Flow":
    """Lets the time pass that the vault wants between tries, from power-up or the last try on.

    ``Refused`` (``declined``) on back: half an hour is long for who wants to erase a token whose PIN is lost.
    """
    until = token.tried + 1000 * token.vault.wait_seconds
    left = (until - token.ticks() + 999) // 1000
    if left > 0:
        token.waiting("pin", left + PATIENCE)
    token.asking = True
    try:
        while left > 0:
            head = [
                "Wait before you try",
                "the PIN again.",
                "",
                str(left) + " s",
                tries(token.vault.tries_left),
            ]
            view = page("unlock.wait", head)
            while (until - token.ticks() + 999) // 1000 == left:
                if (yield view) == "back":
                    from sparekey_token.core.errors import Refused

                    raise Refused("declined")
            left = (until - token.ticks() + 999) // 1000
    finally:
        token.asking = False
