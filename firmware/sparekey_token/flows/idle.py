"""What the token shows while nothing happens: the time, or what is in the way of using it."""

from sparekey_token.core.errors import Refused
from sparekey_token.parts import calendar

from . import LOGIN, forget
from .view import View, centred, page, wrap

try:
    from .token import Token
    from .view import Flow
except ImportError:
    pass

_OPEN = {
    "usb": ("The drive is open.", "", "Unplug the token and", "plug it in again to", "use it."),
    "web": (
        "Open over Wi-Fi. Take",
        "CIRCUITPY_WEB_API_",
        "PASSWORD out of",
        "settings.toml, then",
        "plug in again.",
    ),
}


def idle(token: "Token") -> "Flow":
    """Shows the time; a press opens the menu, after the PIN where one is due. Never ends."""
    for found in _found(token):
        yield from token.tell(found, 30)
    state = None
    view = page("idle", ())
    while True:
        locked = token.vault.has_pin and not token.vault.unlocked
        try:
            minute: "int | str" = token.time.unix() // 60
        except Refused as refused:
            minute = refused.detail
        now = (locked, token.vault.count, minute)
        if now != state:
            state = now
            view = _view(*now) if not token.exposed else page("idle.drive_open", _OPEN[token.exposed])
        if (yield view) in (None, "back"):
            continue
        state = None
        try:
            if locked:
                yield from token.unlocked()
            else:
                forget(LOGIN)
                from .menu import menu

                yield from menu(token)
        except Refused as refused:
            if refused.name not in ("declined", "timed_out"):
                from . import trouble

                yield from token.tell(trouble.view(refused), 20)


def _found(token: "Token") -> "list[View]":
    """What the vault found when it was opened, told once."""
    found = []
    if not token.told:
        if token.vault.wiping:
            found.append(
                page("idle.wiped", ["Erasing had been cut", "off. It is done now:", "no accounts, no PIN."])
            )
        if token.vault.damaged:
            lines = [
                "Memory was damaged:",
                str(token.vault.damaged) + " parts are lost.",
                "They are never used.",
            ]
            found.append(page("idle.damaged", lines + ["Look at your", "accounts: ok"]))
    token.told = True
    return found


def _view(locked: bool, count: int, minute: "int | str") -> View:
    if isinstance(minute, str):
        if minute == "lost" and not count and not locked:
            return page(
                "idle.new",
                [
                    "No accounts yet.",
                    "",
                    "Scan the QR code of a",
                    "page to add one: it",
                    "sets the clock, too.",
                ],
            )
        from . import trouble

        return page("idle.clock_unset", wrap(trouble.words(Refused("clock_unset", minute))))
    day = calendar.written(60 * minute)
    big = ((22, 16, 2, day[11:]), (92, 24, 1, "UTC"))
    if locked:
        foot = centred(50, "Locked: press ok")
        return page("idle.locked", [day[:10]], big + (foot,))
    held = "No accounts yet" if not count else str(count) + (" account" if count == 1 else " accounts")
    return page("idle", [day[:10] + "   Sparekey"], big + (centred(50, held),))
