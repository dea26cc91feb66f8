"""The accounts on the token: as many as fit a line of the host's, and taking one off."""

import json

from sparekey_token.core.errors import Refused

from .view import ends, in_two, page

try:
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow
except ImportError:
    pass

_ROOM = 900  # bytes of a line left for accounts beside id, names and CRC


def fitting(accounts, start: int, named: bool):  # type: ignore[no-untyped-def]
    """The first accounts from index ``start`` on, as many as fit a line, their servers ``named`` or not.

    Returns them as they are told to the host, and the index to go on from (None: all are there).
    """
    room = _ROOM
    found: "list[dict[str, object]]" = []
    for one in accounts:
        if one.index < start:
            continue
        item = {"index": one.index, "name": one.name}
        if named:
            item["server"] = one.server
        room -= len(json.dumps(item).encode("utf-8"))
        if room < 0:
            return found, one.index
        found.append(item)
    return found, None


def listed(token: "Token", start: "int | None") -> "dict[str, object]":
    """``accounts.list``; ``Refused`` (``locked``) while the PIN is missing."""
    found, following = fitting(token.vault.accounts(), start or 0, True)
    return {"accounts": found, "next": following}


def remove(token: "Token", request: "Request") -> "Flow":
    """``accounts.remove``."""
    if token.vault.has_pin and not token.vault.unlocked:
        raise Refused("locked")
    account = token.vault.account(request.values["index"])
    yield from asked_to_remove(token, account)
    token.reply({})
    yield from token.tell(page("account.removed", ["Removed."] + in_two("as " + account.name)), 5)


def asked_to_remove(token: "Token", account) -> "Flow":  # type: ignore[no-untyped-def]
    """Takes the account off after a press; ``Refused`` (``declined``) on back."""
    lines = [ends("Remove?", "ok/back")] + in_two("at " + account.server) + in_two("as " + account.name)
    yield from token.confirm((page("account.remove", lines),))
    token.vault.remove(account.index)
