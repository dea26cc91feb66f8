"""Logging in: the scanned session, the one-time password, and the proof for a server that answers.

Names shown come from the vault; the hint alone comes from the QR code, and is marked so.
"""

from sparekey_token.core import payload
from sparekey_token.core.errors import Refused
from sparekey_token.core.interval import INTERVAL, interval

from . import accounts
from .view import View, centred, ends, in_two, page, wrap

try:
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow
except ImportError:
    pass

_GRACE = 60
"""Seconds that an OTP stays up after its interval; servers take it for the next interval, too."""


def start(token: "Token", request: "Request") -> "Flow":
    """``session.start``: takes the QR code of a login."""
    login = payload.read(request.values["payload"])
    if not isinstance(login, payload.Login):
        raise Refused("unknown_kind", "it is no login")
    if login.expires <= token.time.unix():
        raise Refused("expired")
    yield from token.unlocked()
    listed, following = accounts.fitting(token.vault.accounts(login.server_id), 0, False)
    if not listed:
        raise Refused("no_account")
    token.session = login
    server = token.vault.account(listed[0]["index"]).server
    token.reply({"accounts": listed, "otp": login.otp_allowed, "next": following})
    listed = None  # a long one takes a good part of the heap
    lines = ["Scanned.", ""] + in_two("at " + server) + ["Asking the server..."]
    while token.session is login:
        if (yield page("login.scanned", lines)) == "back":
            token.session = None


def offline(token: "Token", request: "Request") -> "Flow":
    """``otp.generate``: the one-time password, after a press."""
    from sparekey_token.core import otp  # before the press, but not beside what tries a PIN at the scan

    login = _session(token)
    if not login.otp_allowed:
        raise Refused("otp_not_allowed")
    yield from token.unlocked()
    account = yield from _chosen(token, login, request.values["index"])
    unix = token.time.unix(True)
    if login.expires <= unix:
        raise Refused("expired")
    t = interval(unix)
    if not token.may_make_otp(login.session_id, account.index, t):
        token.session = None
        raise Refused("no_session", "this login had its one-time password")
    if t > token.vault.used_interval():
        token.vault.use_interval(t)
    made = otp.compute(token.vault.key(account.index), account.reference, login.body, unix, account.format)
    made = otp.shown(made, account.format)
    token.end_session(account.index, t)
    yield from _shown(token, made, unix)
    token.reply({"otp": made})  # where it couldn't be shown


def online(token: "Token", request: "Request") -> "Flow":
    """``login.respond``: the proof for the server's challenge, after a press (and the PIN)."""
    from sparekey_token.core import proof

    login = _session(token)
    yield from token.unlocked()
    account = yield from _chosen(token, login, request.values["index"])
    if login.expires <= token.time.unix():
        raise Refused("expired")
    flags = proof.USER_VERIFIED if token.vault.has_pin else 0
    made = proof.login_proof(token.vault.key(account.index), login.body, request.values["challenge"], flags)
    token.reply({"ref": account.reference, "flags": flags, "proof": made})
    lines = ["Approved.", ""] + in_two("at " + account.server) + ["See your browser."]
    yield from token.tell(page("login.approved", lines), 10)


def _session(token: "Token"):  # type: ignore[no-untyped-def]
    if token.session is None:
        raise Refused("no_session")
    return token.session


def _chosen(token: "Token", login: payload.Login, index: int) -> "Flow":
    """Asks with the account on the screen, next for another of that server; returns the one pressed for."""
    indexes = [account.index for account in token.vault.accounts(login.server_id)]
    if index not in indexes:
        raise Refused("no_account")
    place = indexes.index(index)
    while True:
        account = token.vault.account(indexes[place])
        button = yield from token.ask(_asking(account, login.hint, len(indexes)))
        if button == "ok":
            return account
        if button == "back":
            token.session = None
            raise Refused("declined")
        place = (place + 1) % len(indexes)


def _asking(account, hint: str, count: int) -> "tuple[View, ...]":  # type: ignore[no-untyped-def]
    """Server and account on every page; the hint in the rows left, or in turn with the first row."""
    title = ends("Log in?", "ok/back" if count < 2 else "ok/next/back")
    who = in_two("at " + account.server) + in_two("as " + account.name)
    # each row says that it is the hint's: who makes the QR code must not write on this screen as the token
    hints = ["hint: " + row for row in wrap(hint, 15)]
    if len(who) + len(hints) <= 4:
        return (page("login.ask", [title] + who + hints),)
    return tuple([page("login.ask", [title] + who)] + [page("login.ask", [row] + who) for row in hints])


def _shown(token: "Token", made: str, made_at: int) -> "Flow":
    """The OTP made at ``made_at`` in big type until back or ok, or for a while after its interval."""
    rows = _big(made)
    until = INTERVAL * (interval(made_at) + 1)
    unix: "int | None" = made_at
    second: "int | None" = None
    while unix is not None and unix < until + _GRACE:
        if unix != second:
            second = unix
            left = until - unix
            if left > 0:
                words = str(min(left, INTERVAL)) + " s left"
            else:
                words = "Be quick: " + str(left + _GRACE) + " s left"
            bar = (49, 2, max(0, min(1000, 1000 * left // INTERVAL)))
            view = View("login.otp", rows + ((0, 52, 1, words),), bar)
        button = yield view
        if token.request is not None:
            token.reply({"otp": made})  # the person saw it first
        if button in ("ok", "back"):
            return
        unix = token.time.known()


def _big(made: str) -> "tuple[tuple[int, int, int, str], ...]":
    """The two halves in big type; a half longer than ten characters in two rows of small type."""
    first, code = made.split(" ")
    if len(code) <= 10:
        return (centred(0, first, 2), centred(24, code, 2))
    return (centred(0, first, 2), centred(30, code, 1))
