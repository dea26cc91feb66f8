"""Enrolment's steps on the server's side (docs/protocol.md §6): each is taken once, in order, or it ends.

waiting ──commit──▶ committed ──reveal──▶ check ──confirm──▶ active
   └──────────────────┴────────────────────┴──▶ ended
"""

import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sparekey_token.core import agreement, compose, crock32

from . import audit
from .errors import ApiError, Conflict
from .master_key import MasterKeys, of_account, of_server
from .servers import ServerRow, by_number
from .store.interface import Transaction

LASTS = 600  # seconds from the QR code to the click on the page
KEPT = 3600  # seconds that its end can still be asked for
_COLUMNS = "id, server, nonce, userid, body, expires, state, commitment, server_nonce, ref, checkcode"


@dataclass
class Enrolment:
    """A row of ``enrolments``."""

    id: bytes
    server: int
    nonce: bytes
    userid: str | None
    body: bytes
    expires: int
    state: str
    commitment: bytes | None
    server_nonce: bytes | None
    ref: int | None
    checkcode: str | None

    def seen(self, now: int) -> str:
        """The state as the page is told it."""
        if self.state in ("active", "ended"):
            return self.state
        if self.expires <= now:
            return "ended"
        return "check" if self.state == "check" else "waiting"


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
) -> bytes:
    """Begins an enrolment for a browser session, ending the one before; answers the QR code's bytes."""
    before = of_nonce(transaction, server.id, nonce)
    if before is not None:
        end(transaction, before, now, "begun_anew")
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


def of_nonce(transaction: Transaction, server: int, nonce: bytes) -> Enrolment | None:
    """The enrolment begun last in a browser session."""
    row = transaction.one(
        f"SELECT {_COLUMNS} FROM enrolments WHERE server = ? AND nonce = ? FOR UPDATE", server, nonce
    )
    return _enrolment(row)


def of_id(transaction: Transaction, ident: bytes) -> Enrolment:
    """The enrolment with that id. Raises ``ApiError`` (``no_enrolment``)."""
    found = _enrolment(transaction.one(f"SELECT {_COLUMNS} FROM enrolments WHERE id = ? FOR UPDATE", ident))
    if found is None:
        raise ApiError("no_enrolment")
    return found


def commit(transaction: Transaction, enrolment: Enrolment, commitment: bytes, now: int) -> bytes | None:
    """Step 2: the server's nonce; None where it wasn't due, and the enrolment has ended by it."""
    if enrolment.state != "waiting" or enrolment.expires <= now:
        end(transaction, enrolment, now, "second_commitment" if enrolment.commitment else "expired")
        return None
    nonce = secrets.token_bytes(16)
    _move(transaction, enrolment, "committed", commitment=commitment, server_nonce=nonce)
    return nonce


def reveal(
    transaction: Transaction, keys: MasterKeys, enrolment: Enrolment, revealed: Revealed, now: int
) -> dict[str, object] | None:
    """Steps 3 and 4: what the token is answered; None where it is refused, and the enrolment has ended.

    The account is there from now on, and not active: nothing is accepted for it.
    """
    if enrolment.state != "committed" or enrolment.expires <= now:
        end(transaction, enrolment, now, "out_of_order" if enrolment.expires > now else "expired")
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
        end(transaction, enrolment, now, "proof_refused")
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
    _move(transaction, enrolment, "check", ref=ref, checkcode=code)
    proved = agreement.server_proof(account_key, hashed, ref, server.otp_format, now)
    return {"ref": ref, "format": server.otp_format, "unix": now, "proof": proved.hex()}


def confirm(transaction: Transaction, enrolment: Enrolment, checkcode: int, now: int) -> bool:
    """Step 5, the page's half: whether the codes agree; the account is active, or the enrolment ended.

    Raises ``ApiError`` (``wrong_state``) where no check is due.
    """
    if enrolment.seen(now) != "check":
        raise ApiError("wrong_state")
    assert enrolment.checkcode is not None
    if not hmac.compare_digest(crock32.decode(enrolment.checkcode).to_bytes(8), checkcode.to_bytes(8)):
        end(transaction, enrolment, now, "code_differs")
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
    _move(transaction, enrolment, "active")
    _note(transaction, enrolment, now, "active", "")
    return True


def end(transaction: Transaction, enrolment: Enrolment, now: int, reason: str) -> None:
    """Ends an enrolment that isn't over; an account that wasn't active yet goes with it."""
    if enrolment.state in ("active", "ended"):
        return
    if enrolment.ref is not None:
        transaction.run(
            "DELETE FROM accounts WHERE server = ? AND ref = ? AND active = 0",
            enrolment.server,
            enrolment.ref,
        )
    _move(transaction, enrolment, "ended")
    _note(transaction, enrolment, now, "ended", reason)


def _move(transaction: Transaction, enrolment: Enrolment, state: str, **values: object) -> None:
    columns = "".join(f", {name} = ?" for name in values)
    touched = transaction.run(
        f"UPDATE enrolments SET state = ?{columns} WHERE id = ? AND state = ?",
        state,
        *values.values(),
        enrolment.id,
        enrolment.state,
    )
    if touched != 1:
        raise Conflict
    enrolment.state = state


def _note(transaction: Transaction, enrolment: Enrolment, now: int, outcome: str, reason: str) -> None:
    account = audit.NO_ACCOUNT if enrolment.ref is None else enrolment.ref
    audit.keep(transaction, [audit.Event(now, enrolment.server, "enrolment", outcome, reason, b"", account)])


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
        if transaction.one("SELECT 1 FROM accounts WHERE server = ? AND ref = ?", server, ref) is None:
            return ref
    raise ApiError("busy", retry_after=5)


def _enrolment(row: tuple[object, ...] | None) -> Enrolment | None:
    if row is None:
        return None
    return Enrolment(*[bytes(value) if isinstance(value, (memoryview, bytes)) else value for value in row])  # type: ignore[arg-type]
