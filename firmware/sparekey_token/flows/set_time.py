"""Moving the clock: by a server's proof, or by a press on the shown time."""

from sparekey_token.core import proof
from sparekey_token.core.digest import equal
from sparekey_token.core.errors import Refused
from sparekey_token.core.frame import INVALID_PARAMS, LineFault
from sparekey_token.parts import calendar

from . import clock_moves
from .timekeeping import EARLIEST, LATEST
from .token import Challenge
from .view import ends, in_two, page

try:
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow
except ImportError:
    pass

_FRESH_MS = 30_000


def challenge(token: "Token", server_id: bytes) -> "dict[str, object]":
    """``time.challenge``: a nonce for a proof of that server's."""
    for account in token.vault.accounts(server_id):
        token.challenge = Challenge(token.random(16), account.index, token.ticks())
        return {"nonce": token.challenge.nonce, "ref": account.reference}
    raise Refused("no_account")


def set_time(token: "Token", request: "Request") -> "Flow":
    """``time.set``."""
    unix = request.values["unix"]
    made = request.values["proof"]
    who = ["says your computer"]
    if made is not None:
        who = _proved(token, unix, made)
    if not EARLIEST <= unix < LATEST:
        raise LineFault(INVALID_PARAMS, "unix is not a time the token can have")
    if made is not None and clock_moves.within_proofs(token.time, unix):
        token.reply({"offset": clock_moves.set_by_proof(token.time, unix)})
        return
    offset = yield from pressed(token, unix, who)
    token.reply({"offset": offset})
    yield from token.tell(page("time.done", ["The clock is set."]), 5)


def pressed(token: "Token", unix: int, who: "list[str]") -> "Flow":
    """Shows the clock's time and ``unix``; sets it after a press and returns the offset applied."""
    begun = token.ticks()
    now = token.time.known()
    lines = [ends("Set clock?", "ok/back")]
    lines.append("from " + calendar.written(now) if now is not None else "from unset")
    lines.append("to   " + calendar.written(unix))
    yield from token.confirm((page("time.ask", lines + who),))
    # the time shown has gone on while the person read it
    return clock_moves.set_by_press(token.time, unix + (token.ticks() - begun) // 1000)


def _proved(token: "Token", unix: int, made: bytes) -> "list[str]":
    """Who vouches for ``unix``; ``Refused`` (``proof_refused``) for a wrong, late or used proof."""
    asked, token.challenge = token.challenge, None
    if asked is None or token.ticks() - asked.made > _FRESH_MS or unix >= LATEST:
        raise Refused("proof_refused", "no fresh nonce")
    if not equal(proof.time_proof(token.vault.key(asked.index), asked.nonce, unix), made):
        raise Refused("proof_refused")
    return in_two("says " + token.vault.account(asked.index).server)
