"""Erasing everything on the token."""

from .view import ends, page

try:
    from .token import Token
    from .view import Flow
except ImportError:
    pass


def wipe(token: "Token") -> "Flow":
    """``wipe`` and the menu's Wipe: two presses, for what can't be undone.

    The PIN is not asked: who holds the token can erase it by wrong tries as well.
    """
    count = token.vault.count
    held = str(count) + (" account" if count == 1 else " accounts")
    lines = [ends("Erase all?", "ok/back"), "", held, "and the PIN."]
    yield from token.confirm((page("wipe.ask", lines),))
    lines = ["Really erase all?", "", held + ".", "No way back.", "next yes      back no"]
    while True:
        button = yield from token.ask((page("wipe.sure", lines),))
        if button == "next":
            break
        if button == "back":
            from sparekey_token.core.errors import Refused

            raise Refused("declined")
    view = page("wipe.working", ["", "", "Erasing..."])
    yield view
    token.vault.wipe()
    token.forget()
    token.reply({})
    yield from token.tell(page("wipe.done", ["Erased.", "", "No accounts, no PIN."]), 20)
