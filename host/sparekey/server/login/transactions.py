"""Transactions: shown on the token, and approved or declined by the proof of an online login.

The proof is that of docs/protocol.md §5 with the transaction's body (§2, kind 0x13) in place of the
session's. Its first byte is no session's, so neither proof can stand for the other. Flags bit 0: the token
verified its user; bit 1: the person declined.
"""

import secrets
from dataclasses import dataclass

from sparekey.server.errors import ApiError, Conflict
from sparekey.server.store.interface import Row, Transaction
from sparekey_token.core import compose, payload, proof

from .session_life import Session

LASTS = 300  # seconds to approve it in
KEPT = 86400  # seconds that its status can be asked for
NEW, APPROVED, DECLINED = 0, 1, 2
DECLINES = proof.DECLINED
"""Flag bit 1 of a transaction's proof."""

_COLUMNS = "id, server, account, hsid, body, challenge, expires, status"


@dataclass(frozen=True)
class Pending:
    """A row of ``transactions``; ``account`` is who was logged in when it was made."""

    id: bytes
    server: int
    account: int
    hsid: bytes
    body: bytes
    challenge: bytes
    expires: int
    status: int

    @property
    def texts(self) -> tuple[str, str, str]:
        """Amount, beneficiary, description."""
        shown = payload.parse(self.body)
        assert isinstance(shown, payload.Transaction)
        return shown.amount, shown.beneficiary, shown.description


def begin(
    transaction: Transaction,
    server: int,
    serverid: bytes,
    session: Session,
    texts: tuple[str, str, str],
    now: int,
) -> tuple[bytes, bytes]:
    """A new transaction of the account that is logged in; answers its id and its body.

    Raises ``ApiError``: ``not_logged_in``, or ``bad_request`` for texts that a token can't show.
    """
    if not session.loggedin:
        raise ApiError("not_logged_in")
    tid, expires = secrets.token_bytes(16), now + LASTS
    for name, text, limit in zip(
        ("amount", "benificiary", "description"),
        texts,
        (payload.MAX_AMOUNT, payload.MAX_BENEFICIARY, payload.MAX_DESCRIPTION),
        strict=True,
    ):
        if not text.isprintable() or len(text.encode("utf-8")) > limit:
            raise ApiError("bad_request", f"Body: {name} has at most {limit} bytes of UTF-8, all printable.")
    body = compose.transaction_body(serverid, tid, expires, *texts)
    transaction.run(
        "INSERT INTO transactions (id, server, account, hsid, body, challenge, expires, status, ends)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
        tid,
        server,
        session.account,
        session.hsid,
        body,
        secrets.token_bytes(16),
        expires,
        now + KEPT,
    )
    return tid, body


def of_id(transaction: Transaction, tid: bytes) -> Pending:
    """The transaction with that id. Raises ``ApiError`` (``no_transaction``)."""
    row = transaction.one(f"SELECT {_COLUMNS} FROM transactions WHERE id = ?", tid)
    if row is None:
        raise ApiError("no_transaction")
    return _pending(row)


def of_session(transaction: Transaction, hsid: bytes, now: int) -> list[Pending]:
    """What waits for an answer in a session."""
    rows = transaction.all(
        f"SELECT {_COLUMNS} FROM transactions WHERE hsid = ? AND status = 0 AND expires > ?"
        " ORDER BY expires, id LIMIT 16",
        hsid,
        now,
    )
    return [_pending(row) for row in rows]


def waiting(transaction: Transaction, tid: bytes, now: int) -> Pending:
    """The transaction with that id, while it can be settled.

    Raises ``ApiError``: ``no_transaction``, ``wrong_state``, ``expired``.
    """
    found = of_id(transaction, tid)
    if found.status != NEW:
        raise ApiError("wrong_state", "The transaction has been approved or declined.")
    if found.expires <= now:
        raise ApiError("expired")
    return found


def settle(transaction: Transaction, pending: Pending, status: int) -> None:
    """Approved or declined, once. Raises ``Conflict`` where another was faster."""
    if (
        transaction.run("UPDATE transactions SET status = ? WHERE id = ? AND status = 0", status, pending.id)
        != 1
    ):
        raise Conflict


def _pending(row: Row) -> Pending:
    return Pending(*[bytes(value) if isinstance(value, bytes | memoryview) else value for value in row])  # type: ignore[arg-type]
