"""Adding an account (docs/protocol.md §6): three requests of the host, two presses of the person."""

from sparekey_token.core import agreement, payload, x25519
from sparekey_token.core.digest import equal
from sparekey_token.core.errors import Refused
from sparekey_token.vault.accounts import FORMATS

from .timekeeping import EARLIEST, LATEST
from .view import View, centred, ends, in_two, page

try:
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow
except ImportError:
    pass

_HOST_SECONDS = 30
"""How long the host may take between two steps: the server's time must be fresh."""

_DIFFERENCE = 60
"""Seconds that the clocks may differ before the person is asked (§6 step 5)."""


def enrol(token: "Token", request: "Request") -> "Flow":
    """``enrol.begin``, ``enrol.reveal`` and ``enrol.finish``."""
    enrolment = payload.read(request.values["payload"])
    if not isinstance(enrolment, payload.Enrolment):
        raise Refused("unknown_kind", "it is no enrolment")
    if token.exposed:
        raise Refused("fault", "the drive is open")
    now = token.time.known()
    if now is not None and enrolment.expires <= now:
        raise Refused("expired")
    yield from token.unlocked()
    server = _server_name(token, enrolment)
    if token.vault.count >= token.vault.capacity:
        raise Refused("vault_full")
    who = in_two("at " + server) + in_two("as " + enrolment.account_name)
    yield from token.confirm((page("enrol.ask", [ends("Add account?", "ok/back")] + who),))

    view = page("enrol.wait", ["Adding an account", ""] + in_two("at " + server) + ["Please wait..."])
    yield view  # before the slow part, so that the person sees it
    private, nonce = token.random(32), token.random(16)
    public = x25519.public_key(private)
    committed = agreement.commitment(public, nonce)
    token.reply({"commitment": committed})

    values = yield from _awaited(token, "enrol.reveal", view, _HOST_SECONDS)
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

    values = yield from _awaited(token, "enrol.finish", view, _HOST_SECONDS)
    came = token.ticks()
    reference, form, unix = values["ref"], values["format"], values["unix"]
    if reference >= 1 << 30 or unix >= 1 << 32 or form not in FORMATS:
        raise Refused("enrolment_refused", "a field is out of range")
    if not equal(agreement.server_proof(key, hashed, reference, form, unix), values["proof"]):
        raise Refused("enrolment_refused", "the server's proof is wrong")
    lines = ["Same on the web page?", "", "", "", "ok yes        back no"]
    yield from token.confirm((page("enrol.check", lines, (centred(20, code, 2),)),))
    index = token.vault.add(
        enrolment.server_id,
        enrolment.server_public_key,
        server,
        enrolment.account_name,
        reference,
        form,
        pin,
        key,
    )
    unix += (token.ticks() - came) // 1000
    if token.time.known() is None and EARLIEST <= unix < LATEST:
        try:
            from . import clock_moves

            clock_moves.set_by_press(token.time, unix)
        except Refused:
            pass  # no clock chip: the account is stored all the same
    token.reply({"index": index})
    now = token.time.known()
    if now is not None and abs(unix - now) > _DIFFERENCE and EARLIEST <= unix < LATEST:
        try:
            from . import set_time

            yield from set_time.pressed(token, unix, in_two("says " + server))
        except Refused:
            pass  # the clock stays; the account is there all the same
    yield from token.tell(page("enrol.done", ["Account added."] + who), 15)


def _awaited(token: "Token", method: str, view: View, seconds: int) -> "Flow":
    """Shows ``view`` until the host sends ``method``, and returns its values.

    Raises ``Refused``: ``timed_out`` after ``seconds``, ``declined`` on back.
    """
    begun = token.ticks()
    token.awaits = method
    try:
        while token.request is None:
            if (yield view) == "back":
                raise Refused("declined")
            if token.ticks() - begun > 1000 * seconds:
                raise Refused("timed_out")
        return token.request.values
    finally:
        token.awaits = ""


def _server_name(token: "Token", enrolment: payload.Enrolment):  # type: ignore[no-untyped-def]
    """The name to show: a known server's own, which no QR code can change.

    Raises ``Refused`` (``enrolment_refused``) for another key of a known server.
    """
    known = token.vault.server_key(enrolment.server_id)
    if known is None:
        return enrolment.server_name
    if not equal(known, enrolment.server_public_key):
        raise Refused("enrolment_refused", "another key of a known server")
    found = token.vault.accounts(enrolment.server_id)
    return found[0].server if found else enrolment.server_name
