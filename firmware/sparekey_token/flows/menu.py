"""The token's own menu: accounts, clock, PIN, settings, and what the token is."""

import gc

from sparekey_token import __version__
from sparekey_token.core.errors import Refused
from sparekey_token.parts import calendar

from .view import ROWS, in_two, page, wrap

try:
    from .token import Token
    from .view import Flow
except ImportError:
    pass

BRIGHTNESS = (10, 25, 50, 75, 100)
"""Percent."""

TIME_OUT = (1, 2, 5, 15, 60)
"""Minutes without a press after which the PIN is asked again."""


def menu(token: "Token") -> "Flow":
    """The list, until back or a minute without a press."""
    place = 0
    while True:
        items = ["Accounts", "Clock", "PIN", "Brightness", "Time-out", "About", "Erase all"]
        if token.vault.has_pin:
            items.append("Lock now")
        place = yield from _chosen(token, "menu", "ok, next, back", items, place)
        if place is None:
            return
        try:
            if place == 7:
                token.vault.lock()
                return
            yield from _ENTRIES[place](token)
        except Refused as refused:
            if refused.name != "declined":
                raise


def _chosen(token: "Token", name: str, title: str, items: "list[str]", place: int = 0) -> "Flow":
    """A list to go through with next; returns the place pressed ok at, None on back."""
    while True:
        first = max(0, min(place - 1, len(items) - ROWS + 1))
        lines = [title]
        for at in range(first, min(len(items), first + ROWS - 1)):
            lines.append((">" if at == place else " ") + items[at])
        button = yield from token.ask((page(name, lines),))
        if button == "ok":
            return place
        if button == "back":
            return None
        place = (place + 1) % len(items)


def _accounts(token: "Token") -> "Flow":
    indexes = [account.index for account in token.vault.accounts()]
    if not indexes:
        yield from _look(
            token, "menu.empty", ["No accounts yet.", "", "Scan the QR code of", "a page to add one."]
        )
        return
    place = 0
    while True:
        account = token.vault.account(indexes[place])
        head = str(place + 1) + " of " + str(len(indexes))
        lines = [head + " " * (13 - len(head)) + "ok erase"]
        lines += in_two("at " + account.server) + in_two("as " + account.name)
        button = yield from token.ask((page("menu.account", lines),))
        if button == "back":
            return
        if button == "next":
            place = (place + 1) % len(indexes)
            continue
        from .accounts import asked_to_remove

        yield from asked_to_remove(token, account)
        return


def _clock(token: "Token") -> "Flow":
    try:
        lines = ["Clock, UTC", calendar.written(token.time.unix())]
        from . import clock_moves

        offset, drift = clock_moves.last_offset(token.time), clock_moves.drift_ppm(token.time)
        lines += [""] if offset is None else wrap("last moved %+d s" % offset)
        lines.append("" if drift is None else "slow by %d ppm" % drift)
    except Refused as refused:
        from . import trouble

        lines = wrap(trouble.words(refused))
    yield from _look(token, "menu.clock", lines)


def _pin(token: "Token") -> "Flow":
    from . import pin

    if not token.vault.has_pin:
        yield from pin.change(token)
        return
    choice = yield from _chosen(token, "menu.pin", "PIN", ["Change it", "Take it off"])
    if choice == 0:
        yield from pin.change(token)
    elif choice == 1:
        yield from pin.take_off(token)


def _brightness(token: "Token") -> "Flow":
    at = _nearest(BRIGHTNESS, token.vault.setting("brightness", 100))
    while True:
        token.set_brightness(BRIGHTNESS[at])
        lines = ["Brightness", "", str(BRIGHTNESS[at]) + " %", "", "ok keep    next other"]
        button = yield from token.ask((page("menu.brightness", lines),))
        if button != "next":
            break
        at = (at + 1) % len(BRIGHTNESS)
    if button == "ok":
        token.vault.set_setting("brightness", BRIGHTNESS[at])
    token.set_brightness(token.vault.setting("brightness", 100))


def _time_out(token: "Token") -> "Flow":
    at = _nearest(TIME_OUT, token.vault.setting("time_out", 5))
    while True:
        minutes = str(TIME_OUT[at]) + " min"
        lines = ["Ask for the PIN after", "", minutes + " of rest", "", "ok keep    next other"]
        button = yield from token.ask((page("menu.time_out", lines),))
        if button != "next":
            break
        at = (at + 1) % len(TIME_OUT)
    if button == "ok":
        token.vault.set_setting("time_out", TIME_OUT[at])


def _about(token: "Token") -> "Flow":
    gc.collect()
    lines = ["Sparekey " + __version__, token.board[:21], "id " + token.token_id.hex()]
    lines.append(str(token.vault.count) + " of " + str(token.vault.capacity) + " accounts")
    if hasattr(gc, "mem_free"):
        lines.append(str(gc.mem_free() // 1024) + " KB of heap free")
    yield from _look(token, "menu.about", lines)


def _erase(token: "Token") -> "Flow":
    from .wipe import wipe

    yield from wipe(token)


def _look(token: "Token", name: str, lines: "list[str]") -> "Flow":
    yield from token.ask((page(name, lines),))


def _nearest(values: "tuple[int, ...]", value: int) -> int:
    for place in range(len(values)):
        if values[place] >= value:
            return place
    return len(values) - 1


_ENTRIES = (_accounts, _clock, _pin, _brightness, _time_out, _about, _erase)
