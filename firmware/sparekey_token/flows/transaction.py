"""Approving a transaction: all of its words, page by page, then the proof of a yes or of a no.

Every page is pressed for, so that nothing is approved unseen. Server and account are the vault's names.
"""

from sparekey_token.core import payload, proof
from sparekey_token.core.errors import Refused

from .view import ROWS, ends, in_two, page, wrap

try:
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow, View
except ImportError:
    pass


def respond(token: "Token", request: "Request") -> "Flow":
    """``transaction.respond``: the proof, with its flag bit 1 set where the person pressed back."""
    shown = payload.read(request.values["payload"])
    if not isinstance(shown, payload.Transaction):
        raise Refused("unknown_kind", "it is no transaction")
    if shown.expires <= token.time.unix():
        raise Refused("expired")
    yield from token.unlocked()
    indexes = [account.index for account in token.vault.accounts(shown.server_id)]
    if not indexes:
        raise Refused("no_account")
    account, approved = yield from _chosen(token, indexes)
    who = in_two("at " + account.server) + in_two("as " + account.name)
    if approved:
        for view in _pages(shown, who):
            button = "next"
            while button == "next":
                button = yield from token.ask((view,))
            if button == "back":
                approved = False
                break
    if approved and shown.expires <= token.time.unix():
        raise Refused("expired")
    flags = (proof.USER_VERIFIED if token.vault.has_pin else 0) | (0 if approved else proof.DECLINED)
    made = proof.login_proof(token.vault.key(account.index), shown.body, request.values["challenge"], flags)
    token.reply({"ref": account.reference, "flags": flags, "proof": made})
    if approved:
        view = page("transaction.approved", ["Approved.", ""] + in_two("at " + account.server))
    else:
        view = page("transaction.declined", ["Declined.", ""] + in_two("at " + account.server))
    yield from token.tell(view, 10)


def _chosen(token: "Token", indexes: "list[int]") -> "Flow":
    """The account, asked for where the server has several here, and False where back was pressed."""
    place = 0
    while len(indexes) > 1:
        account = token.vault.account(indexes[place])
        lines = [ends("As whom?", "ok/next/back")] + in_two("at " + account.server)
        button = yield from token.ask((page("transaction.account", lines + in_two("as " + account.name)),))
        if button != "next":
            return account, button == "ok"
        place = (place + 1) % len(indexes)
    return token.vault.account(indexes[0]), True


def _pages(shown: payload.Transaction, who: "list[str]") -> "list[View]":
    """Amount and beneficiary, the description where there is one, then the question; each numbered."""
    money = _filled(wrap(shown.amount) + (wrap("to " + shown.beneficiary) if shown.beneficiary else []))
    words = _filled(wrap(shown.description))
    last = " of " + str(len(money) + len(words) + 1)
    views: "list[View]" = []
    for lines in money:
        views.append(page("transaction.pay", [ends("Pay " + str(len(views) + 1) + last, "ok/back")] + lines))
    for lines in words:
        views.append(page("transaction.for", [ends("For " + str(len(views) + 1) + last, "ok/back")] + lines))
    views.append(page("transaction.ask", [ends("Approve?", "ok/back")] + who))
    return views


def _filled(lines: "list[str]") -> "list[list[str]]":
    """``lines`` in as many pages as they need under a title."""
    return [lines[at : at + ROWS - 1] for at in range(0, len(lines), ROWS - 1)]
