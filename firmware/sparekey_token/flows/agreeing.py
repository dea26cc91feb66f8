"""The account's key, agreed with the server through a host that neither trusts (docs/protocol.md §6)."""

from collections import namedtuple

from sparekey_token.core import agreement, x25519
from sparekey_token.core.digest import equal
from sparekey_token.core.errors import Refused
from sparekey_token.vault.accounts import FORMATS

from .view import View, centred, in_two, page

try:
    from typing import TYPE_CHECKING  # the device has no such module, and stops here

    if TYPE_CHECKING:
        from sparekey_token.core.payload import Enrolment

    from .token import Token
    from .view import Flow
except ImportError:
    pass

_HOST_SECONDS = 30
"""How long the host may take between two steps: the server's time must be fresh."""

Agreed = namedtuple("Agreed", ("key", "pin", "reference", "format", "unix", "came"))
"""The account key, what the server was told of a PIN, and what it told: reference, OTP format and Unix
seconds, which came when ``ticks`` were ``came``."""


def agreed(token: "Token", enrolment: "Enrolment", server: str) -> "Flow":
    """Answers ``enrol.begin``, then ``enrol.reveal``, and has the check code compared; returns ``Agreed``.

    ``enrol.finish`` is left to be answered. Raises ``Refused``: ``enrolment_refused``, ``declined``,
    ``timed_out``.
    """
    view = page("enrol.wait", ["Adding an account", ""] + in_two("at " + server) + ["Please wait..."])
    yield view  # before the slow part, so that the person sees it
    private, nonce = token.random(32), token.random(16)
    public = x25519.public_key(private)
    committed = agreement.commitment(public, nonce)
    token.reply({"commitment": committed})

    values = yield from _awaited(token, "enrol.reveal", view)
    hashed = agreement.transcript(enrolment.body, committed, values["server_nonce"], public, nonce)
    yield view
    try:
        shared = x25519.shared(private, enrolment.server_public_key)
    except ValueError:
        raise Refused("enrolment_refused", "the server's key is of small order")
    private = b""
    key = agreement.account_key(shared, hashed)
    code = agreement.check_code(shared, hashed)
    pin = 1 if token.vault.has_pin else 0
    shown = {"public_key": public, "token_nonce": nonce, "pin": pin}
    shown["proof"] = agreement.token_proof(key, hashed, pin)
    token.reply(shown)

    values = yield from _awaited(token, "enrol.finish", view)
    came = token.ticks()
    reference, form, unix = values["ref"], values["format"], values["unix"]
    if reference >= 1 << 30 or unix >= 1 << 32 or form not in FORMATS:
        raise Refused("enrolment_refused", "a field is out of range")
    if not equal(agreement.server_proof(key, hashed, reference, form, unix), values["proof"]):
        raise Refused("enrolment_refused", "the server's proof is wrong")
    lines = ["Same on the web page?", "", "", "", "ok yes        back no"]
    yield from token.confirm((page("enrol.check", lines, (centred(20, code, 2),)),))
    return Agreed(key, pin, reference, form, unix, came)


def _awaited(token: "Token", method: str, view: View) -> "Flow":
    """Shows ``view`` until the host sends ``method``, and returns its values."""
    begun = token.ticks()
    token.awaits = method
    try:
        while token.request is None:
            if (yield view) == "back":
                raise Refused("declined")
            if token.ticks() - begun > 1000 * _HOST_SECONDS:
                raise Refused("timed_out")
        return token.request.values
    finally:
        token.awaits = ""
