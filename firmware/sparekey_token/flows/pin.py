"""Setting, changing and taking off the PIN; it is only ever typed on the token."""

from sparekey_token.core.errors import Refused

from . import unlock
from .view import ends, page

try:
    from .token import Token
    from .view import Flow
except ImportError:
    pass


def change(token: "Token") -> "Flow":
    """``pin.change`` and the menu's PIN: the old one first, then the new one twice."""
    vault = token.vault
    if vault.has_pin:
        yield from proved(token)
    lines = [ends("Set a PIN?", "ok/back"), "", "4 to 12 digits.", "8 wrong tries erase", "all accounts."]
    yield from token.confirm((page("pin.ask", lines),))
    while True:
        new = yield from unlock.typed(token, "pin.new", "New PIN")
        if new == (yield from unlock.typed(token, "pin.again", "Again")):
            break
        yield from token.ask((page("pin.differ", ["The two differ.", "", "Type it again."]),), what="pin")
    yield from unlock.working(token, vault.change_pin(new), page("pin.working", ["", "", "Please wait..."]))
    token.reply({})
    yield from token.tell(page("pin.done", ["The PIN is set."]), 10)


def take_off(token: "Token") -> "Flow":
    """No PIN any more; ``Refused`` (``declined``) while a server was promised one at enrolment."""
    yield from proved(token)
    if any([account.pin for account in token.vault.accounts()]):
        lines = ["The PIN stays:", "accounts were added", "with it. Remove them", "first."]
        yield from token.tell(page("pin.promised", lines), 20)
        return
    yield from token.confirm(
        (page("pin.off", [ends("Take PIN off?", "ok/back"), "", "Who holds the token", "can then use it."]),)
    )
    yield from unlock.working(
        token, token.vault.change_pin(None), page("pin.working", ["", "", "Please wait..."])
    )
    yield from token.tell(page("pin.none", ["The PIN is off."]), 10)


def proved(token: "Token") -> "Flow":
    """Asks for the PIN, though the vault may be open: who finds an open token can't change it."""
    if token.vault.has_pin:
        token.vault.lock()
        yield from unlock.needed(token)
        if not token.vault.has_pin:
            raise Refused("declined", "wiped")
