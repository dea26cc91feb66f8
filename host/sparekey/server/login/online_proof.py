"""Whether a token's proof over a session's or a transaction's body is to be taken (docs/protocol.md §5)."""

import hmac
from typing import Protocol

from sparekey.server.accounts.servers import ServerRow
from sparekey.server.store.interface import Transaction
from sparekey_token.core import proof

ALWAYS, NEVER = 0, -1
"""``pinTimeout`` and ``pinTransTimeout``: the PIN each time, or not at all; else minutes since the last."""


class Sent(Protocol):
    """A proof as it came."""

    ref: int
    flags: int
    proof: str


class AccountKeys(Protocol):
    """Who opens the accounts' keys; ``nobody`` stands for the key of an account that there isn't."""

    def open_account_key(self, sealed: bytes | None, reference: int, serverid: bytes) -> bytes: ...


def refusal_of(
    transaction: Transaction,
    keys: AccountKeys,
    server: ServerRow,
    sent: Sent,
    body: bytes,
    challenge: bytes,
    timeout: int,
    now: int,
) -> str:
    """Why the proof isn't taken, for the audit log; empty where it is."""
    row = transaction.one(
        "SELECT sealed_key, active, blocked, pin, verified FROM accounts WHERE server = ? AND ref = ?",
        server.id,
        sent.ref,
    )
    key = keys.open_account_key(row[0] if row else None, sent.ref, server.serverid)
    made = proof.login_proof(key, body, challenge, sent.flags)
    right = hmac.compare_digest(made, bytes.fromhex(sent.proof))
    if row is None or not row[1]:
        return "no_account"
    if not right:
        return "wrong_proof"
    if row[2]:
        return "blocked"
    if row[3] and not sent.flags & proof.USER_VERIFIED and _pin_due(timeout, row[4], now):
        return "pin_needed"
    return ""


def _pin_due(timeout: int, verified: int | None, now: int) -> bool:
    """Whether a token that has a PIN has to ask it now; ``timeout`` in minutes."""
    if timeout == NEVER:
        return False
    return timeout == ALWAYS or verified is None or now - verified >= timeout * 60
