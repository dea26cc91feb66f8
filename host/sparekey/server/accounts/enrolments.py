"""Enrolment's steps on the server's side (docs/protocol.md §6): each is taken once, in order, or it ends.

waiting ──commit──▶ committed ──reveal──▶ check ──confirm──▶ active
   └──────────────────┴────────────────────┴──▶ ended

``trail`` takes what is for the audit log: how an enrolment came out, and why.
"""

import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sparekey.server.errors import ApiError, Conflict
from sparekey.server.keys.master_key import MasterKeys, of_account, of_server
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Transaction
from sparekey_token.core import agreement, compose, crock32

from .enrolment_row import Enrolment, move, of_nonce, overdue
from .names import is_name
from .servers import ServerRow, by_number

LASTS = 600  # seconds from the QR code to the click on the page
KEPT = 3600  # seconds that its end can still be asked for


@dataclass(frozen=True)
class Revealed:
    """What the token sends in step 3."""

    public_key: bytes
    token_nonce: bytes
    pin: int
    proof: bytes
    description: str


def begin(
    transaction: Transaction,
    server: ServerRow,
    nonce: bytes,
    userid: str | None,
    name: str,
    url: str,
    now: int,
    trail: audit.Trail,
) -> bytes:
    """Begins an enrolment for a browser session, ending the one before; answers the QR code's bytes.

    Raises ``ApiError``: ``invalid_name``, or ``bad_request`` for a name that a token can't show.
    """
    if userid is not None and not is_name(userid):
        raise ApiError("invalid_name")
    if not name.isprintable():
        raise ApiError("bad_request", "name: all of it must be printable.")
    before = of_nonce(transaction, server.id, nonce)
    if before is not None:
        end(transaction, before, now, "begun_anew" if before.expires > now else "expired", trail)
        transaction.run("DELETE FROM enrolments WHERE id = ?", before.id)
    ident = secrets.token_bytes(16)
    expires = now + LASTS
    try:
        body = compose.enrolment_body(
            server.serverid, ident, expires, server.public_key, server.name, name, url
        )
    except ValueError as fault:
        raise ApiError("bad_request", f"name: {fault}.") from None
    touched = transaction.run(
        "INSERT INTO enrolments (id, server, nonce, userid, body, expires, state, ends)"
        " VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?) ON CONFLICT (server, nonce) DO NOTHING",
        ident,
        server.id,
        nonce,
        userid,
        body,
        expires,
        expires + KEPT,
    )
    if touched != 1:
        raise Conflict
    return body


def commit(
    transaction: Transaction, enrolment: Enrolment, commitment: bytes, now: int, trail: audit.Trail
) -> bytes | None:
    """Step 2: the server's nonce; None where it wasn't due, and the enrolment has ended by it."""
    if enrolment.state != "waiting" or enrolment.expires <= now:
        end(transaction, enrolment, now, "second_commitment" if enrolment.commitment else "expired", trail)
        return None
    nonce = secrets.token_bytes(16)
    move(transaction, enrolment, "committed", commitment=commitment, server_nonce=nonce)
    return nonce


def reveal(
    transaction: Transaction,
    keys: MasterKeys,
    enrolment: Enrolment,
    revealed: Revealed,
    now: int,
    trail: audit.Trail,
) -> dict[str, object] | None:
    """Steps 3 and 4: what the token is answered; None where it is refused, and the enrolment has ended.

    The account is there from now on, and not active: nothing is accepted for it.
    """
    if enrolment.state != "committed" or enrolment.expires <= now:
        end(transaction, enrolment, now, "out_of_order" if enrolment.expires > now else "expired", trail)
        return None
    assert enrolment.commitment is not None
    assert enrolment.server_nonce is not None
    server = by_number(transaction, enrolment.server)
    committed = agreement.commitment(revealed.public_key, revealed.token_nonce)
    hashed = agreement.transcript(
        enrolment.body, committed, enrolment.server_nonce, revealed.public_key, revealed.token_nonce
    )
    shared = _shared(keys, server, revealed.public_key)
    account_key = agreement.account_key(shared or bytes(32), hashed)
    proof = agreement.token_proof(account_key, hashed, revealed.pin)
    if (
        shared is None
        or not hmac.compare_digest(committed, enrolment.commitment)
        or not hmac.compare_digest(proof, revealed.proof)
    ):
        end(transaction, enrolment, now, "proof_refused", trail)
        return None
    ref = _free_reference(transaction, server.id)
    transaction.run(
        "INSERT INTO accounts (server, ref, sealed_key, format, pin, public_key, description, userid, active,"
        " blocked, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
        server.id,
        ref,
        keys.seal(account_key, of_account(server.serverid, ref)),
        server.otp_format,
        revealed.pin,
        revealed.public_key,
        revealed.description,
        enrolment.userid,
        now,
    )
    code = agreement.check_code(shared, hashed)
    move(transaction, enrolment, "check", ref=ref, checkcode=code)
    proved = agreement.server_proof(account_key, hashed, ref, server.otp_format, now)
    return {"ref": ref, "format": server.otp_format, "unix": now, "proof": proved.hex()}


def confirm(
    transaction: Transaction, enrolment: Enrolment, checkcode: int, now: int, trail: audit.Trail
) -> bool:
    """Step 5, the page's half: whether the codes agree; the account is active, or the enrolment ended.

    Raises ``ApiError`` (``wrong_state``) where no check is due.
    """
    if enrolment.seen(now) != "check":
        raise ApiError("wrong_state")
    assert enrolment.checkcode is not None
    if not hmac.compare_digest(crock32.decode(enrolment.checkcode).to_bytes(8), checkcode.to_bytes(8)):
        end(transaction, enrolment, now, "code_differs", trail)
        return False
    if enrolment.userid is not None:
        transaction.run(
            "INSERT INTO users (server, userid, created) VALUES (?, ?, ?)"
            " ON CONFLICT (server, userid) DO NOTHING",
            enrolment.server,
            enrolment.userid,
            now,
        )
    transaction.run(
        "UPDATE accounts SET active = 1 WHERE server = ? AND ref = ?", enrolment.server, enrolment.ref
    )
    move(transaction, enrolment, "active")
    trail.append(_event(enrolment, now, "active", ""))
    return True


def end(transaction: Transaction, enrolment: Enrolment, now: int, reason: str, trail: audit.Trail) -> None:
    """Ends an enrolment that isn't over; an account that wasn't active yet goes with it."""
    if enrolment.state in ("active", "ended"):
        return
    if enrolment.ref is not None:
        transaction.run(
            "DELETE FROM accounts WHERE server = ? AND ref = ? AND active = 0",
            enrolment.server,
            enrolment.ref,
        )
    move(transaction, enrolment, "ended")
    trail.append(_event(enrolment, now, "ended", reason))


def expire(transaction: Transaction, now: int, most: int, trail: audit.Trail) -> int:
    """Ends at most so many enrolments whose time is over; answers how many."""
    found = overdue(transaction, now, most)
    for enrolment in found:
        end(transaction, enrolment, now, "expired", trail)
    return len(found)


def _event(enrolment: Enrolment, now: int, outcome: str, reason: str) -> audit.Event:
    account = audit.NO_ACCOUNT if enrolment.ref is None else enrolment.ref
    return audit.Event(now, enrolment.server, "enrolment", outcome, reason, b"", account)


def _shared(keys: MasterKeys, server: ServerRow, public_key: bytes) -> bytes | None:
    """The X25519 secret, by a library that takes constant time; None for a point of small order."""
    private = X25519PrivateKey.from_private_bytes(keys.open(server.sealed_key, of_server(server.serverid)))
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public_key))
    except ValueError:
        return None


def _free_reference(transaction: Transaction, server: int) -> int:
    for _ in range(64):
        ref = secrets.randbelow(1 << 30)
        taken = transaction.one(
            "SELECT 1 FROM accounts WHERE server = ? AND ref = ?"
            " UNION ALL SELECT 1 FROM retired WHERE server = ? AND ref = ?",
            *(server, ref) * 2,
        )
        if taken is None:
            return ref
    raise ApiError("busy", retry_after=5)
