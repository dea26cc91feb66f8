"""What the token answers at once, whatever the person does meanwhile."""

from sparekey_token import __version__
from sparekey_token.core.errors import Refused
from sparekey_token.core.frame import INVALID_PARAMS, LineFault

try:
    from sparekey_token.line import Request

    from .token import Token
except ImportError:
    pass

METHODS = ("hello", "ping", "session.stop", "time.challenge", "accounts.list", "lock")
"""The methods that need neither screen nor press; while another waits, ``hello`` and ``ping`` alone."""


def answer(token: "Token", request: "Request") -> "dict[str, object]":
    """The result of one of ``METHODS``; raises ``Refused`` or ``LineFault``."""
    method = request.method
    if method == "ping":
        return {}
    if method == "hello":
        return _hello(token, request.values["versions"])
    if method == "session.stop":
        token.session = None
        return {}
    if method == "time.challenge":
        from .set_time import challenge

        return challenge(token, request.values["server_id"])
    if method == "accounts.list":
        from .accounts import listed

        return listed(token, request.values["from"])
    if not token.vault.has_pin:
        raise Refused("declined", "no PIN is set")
    token.session = None
    token.vault.lock()
    return {}


def _hello(token: "Token", versions: "list[int]") -> "dict[str, object]":
    if 1 not in versions:
        raise LineFault(INVALID_PARAMS, "the token speaks version 1")
    from . import clock_moves

    vault = token.vault
    unix = token.time.known()
    return {
        "version": 1,
        "firmware": __version__,
        "board": token.board,
        "token_id": token.token_id,
        "unix": unix or 0,
        "clock": "unset" if unix is None else "set",
        "locked": bool(vault.has_pin and not vault.unlocked),
        "pin": bool(vault.has_pin),
        "accounts": vault.count,
        "capacity": vault.capacity,
        "offset": clock_moves.last_offset(token.time),
        "drift": clock_moves.drift_ppm(token.time),
    }
