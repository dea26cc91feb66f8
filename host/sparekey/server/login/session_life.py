"""A browser session: which QR code it shows, who is logged in, when it is forgotten.

The row belongs to the browser's nonce (kept as a hash). Its ``hsid`` and QR code are renewed: one login
each, a fresh one after it expired, after a logout, or when the page asks for one. The code before is kept
with it: who scanned that one still logs in for a while, if it had neither its login nor all its tries.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from msgspec import UNSET

from sparekey.server.errors import ApiError, Conflict
from sparekey.server.objects import LoginStatus
from sparekey.server.store.interface import Row, Transaction
from sparekey_token.core import compose, payload

LASTS = 300  # seconds that a QR code is good for
LATE = 240  # seconds after that in which what a token made for it is taken: two of an OTP's intervals
KEPT_AFTER_EXPIRY = 3600  # seconds, so that a late page still hears what became of it
KEPT_AFTER_LOGIN = 30 * 86400  # seconds that a login lasts at most
TRIES = 5  # of one-time passwords for a QR code

_COLUMNS = (
    "s.id, s.hsid, s.qr, s.challenge, s.expires, s.tries, s.used, s.account, s.by_otp, s.verified,"
    " a.userid, a.public_key, s.hsid"
)
_PREVIOUS_COLUMNS = (
    # a wrong try may have been for either code, so it counts for both
    "s.id, s.previous_hsid, s.previous_qr, s.previous_challenge, s.previous_expires,"
    " s.previous_tries + s.tries, s.used, s.account, s.by_otp, s.verified, a.userid, a.public_key, s.hsid"
)
_JOIN = (
    " FROM sessions s LEFT JOIN accounts a"
    " ON a.server = s.server AND a.ref = s.account AND a.active = 1 AND a.blocked = 0"
)
# by the row as it is when this is written: a try may have come in between
_KEEP_PREVIOUS = ", ".join(
    f"previous_{column} = CASE WHEN used = 0 AND tries < {TRIES} THEN {column} END"
    for column in ("hsid", "qr", "challenge", "expires", "tries")
)


@dataclass(frozen=True)
class Session:
    """A session by one of its QR codes, with what pages may know of its account.

    ``hsid`` is that of the code it was found by, ``shown`` of the one that the page shows now.
    """

    id: int
    hsid: bytes
    qr: bytes
    challenge: bytes
    expires: int
    tries: int
    used: bool
    account: int | None
    by_otp: bool
    verified: bool
    userid: str | None
    public_key: bytes | None
    shown: bytes

    @property
    def loggedin(self) -> bool:
        """Whether an account is logged in that is still there and not blocked."""
        return self.account is not None and self.public_key is not None

    def locked(self) -> bool:
        """Whether its QR code has had all its tries."""
        return self.tries >= TRIES

    def live(self, now: int) -> bool:
        """Whether its QR code can still bring a login."""
        return not self.used and not self.locked() and self.expires > now


def nonce_hash(serverid: bytes, nonce: bytes) -> bytes:
    """What the store keeps of a browser's nonce."""
    return hashlib.sha256(b"sparekey nonce\x00" + serverid + nonce).digest()


def of_nonce(transaction: Transaction, server: int, nonce: bytes) -> Session | None:
    """The session that the hashed nonce names."""
    row = transaction.one(f"SELECT {_COLUMNS}{_JOIN} WHERE s.server = ? AND s.nonce = ?", server, nonce)
    return _session(row)


def of_hsid(transaction: Transaction, hsid: bytes) -> tuple[int, Session] | None:
    """The session that shows the QR code ``hsid``, or showed it last, with its server's number."""
    row = transaction.one(f"SELECT s.server, {_COLUMNS}{_JOIN} WHERE s.hsid = ?", hsid)
    if row is None:
        row = transaction.one(f"SELECT s.server, {_PREVIOUS_COLUMNS}{_JOIN} WHERE s.previous_hsid = ?", hsid)
    session = _session(row[1:] if row else None)
    return (int(row[0]), session) if row and session else None


def status_of(session: Session, now: int) -> LoginStatus:
    """getSession's answer; the QR code is in it as long as it can bring a login."""
    status = LoginStatus(session.hsid.hex(), session.loggedin, False, False)
    if session.live(now):
        status.loginqrdata = base64.b64encode(compose.to_text(session.qr).encode("ascii")).decode("ascii")
    if session.loggedin:
        assert session.account is not None
        assert session.public_key is not None
        return logged_in(
            status, session.account, session.userid, session.public_key, session.by_otp, session.verified
        )
    return status


def logged_in(
    status: LoginStatus, account: int, userid: str | None, public_key: bytes, by_otp: bool, verified: bool
) -> LoginStatus:
    """``status`` with who is logged in."""
    status.loggedin = True
    status.otplogin = by_otp
    status.accountid = account
    status.userid = UNSET if userid is None else userid
    status.pk = base64.b64encode(public_key).decode("ascii")
    status.userverified = verified
    return status


def current(session: Session | None, now: int) -> LoginStatus | None:
    """getSession's answer without a change; None where the session has to be made or renewed first.

    Raises ``ApiError`` (``session_locked``) while its QR code is dead: the next comes when that one
    expires, or at once from qr/login.
    """
    if session is None:
        return None
    if session.loggedin:
        return status_of(session, now)
    if session.expires <= now or session.used:
        return None
    if session.locked():
        raise ApiError("session_locked")
    return status_of(session, now)


def renew(
    transaction: Transaction, server: int, nonce: bytes, now: int, hint: str, session: Session | None
) -> Session:
    """The session with a fresh QR code, made where there is none; a login in it stays.

    The code before is kept beside it, unless it is used up or locked.
    Raises ``Conflict`` where another worker renewed it meanwhile.
    """
    row = transaction.one("SELECT serverid, name, flags FROM servers WHERE id = ?", server)
    if row is None:
        raise ApiError("not_found")
    serverid, name, flags = row
    # the hash keeps it from being the nonce, the random part from ever coming twice
    hsid = hashlib.sha256(b"sparekey session\x00" + nonce + secrets.token_bytes(16)).digest()[:16]
    expires = now + LASTS
    qr = compose.login_body(serverid, hsid, expires, "ENABLE_OTP" in flags.split(","), name, hint)
    challenge = secrets.token_bytes(16)
    ends = expires + KEPT_AFTER_EXPIRY
    if session is None:
        touched = transaction.run(
            "INSERT INTO sessions (server, nonce, hsid, qr, challenge, expires, tries, used, by_otp,"
            " verified, ends) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?)"
            " ON CONFLICT (server, nonce) DO NOTHING",
            server,
            nonce,
            hsid,
            qr,
            challenge,
            expires,
            ends,
        )
    else:
        touched = transaction.run(
            f"UPDATE sessions SET {_KEEP_PREVIOUS},"
            # who polls keeps a session for ever, but not the login of an account that is gone
            " account = (SELECT a.ref FROM accounts a WHERE a.server = sessions.server"
            " AND a.ref = sessions.account),"
            " hsid = ?, qr = ?, challenge = ?, expires = ?, tries = 0, used = 0,"
            # a login that stays in it ends when it would have; by the row as it is, as above
            " ends = CASE WHEN account IS NOT NULL THEN ends ELSE ? END"
            " WHERE id = ? AND hsid = ?",
            hsid,
            qr,
            challenge,
            expires,
            ends,
            session.id,
            session.hsid,
        )
    if touched != 1:
        raise Conflict
    renewed = of_nonce(transaction, server, nonce)
    assert renewed is not None
    return renewed


def log_out(transaction: Transaction, session: Session) -> None:
    """Ends the session's login; its QR codes are used up with it."""
    transaction.run(
        "UPDATE sessions SET account = NULL, by_otp = 0, verified = 0, used = 1 WHERE id = ?", session.id
    )


def log_in(transaction: Transaction, session: Session, account: int, verified: bool, now: int) -> None:
    """An online login: uses both QR codes up. Raises ``Conflict`` where another was faster."""
    touched = transaction.run(
        "UPDATE sessions SET account = ?, by_otp = 0, verified = ?, used = 1, ends = ?"
        " WHERE id = ? AND (hsid = ? OR previous_hsid = ?) AND used = 0",
        account,
        int(verified),
        now + KEPT_AFTER_LOGIN,
        session.id,
        session.hsid,
        session.hsid,
    )
    if touched != 1:
        raise Conflict
    transaction.run(
        "UPDATE accounts SET lastlogin = ?, verified = CASE WHEN ? = 1 THEN ? ELSE verified END"
        " WHERE ref = ? AND server = (SELECT server FROM sessions WHERE id = ?)",
        now,
        int(verified),
        now,
        account,
        session.id,
    )


def hint_of(text: str) -> str:
    """``text`` as a hint on the token's screen: one line of at most 32 bytes of UTF-8."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line.encode("utf-8", "replace")[: payload.MAX_HINT].decode("utf-8", "ignore").strip()


def _session(row: Row | None) -> Session | None:
    if row is None:
        return None
    ident, hsid, qr, challenge, expires, tries, used, account, by_otp, verified, userid, key, shown = row
    codes = bytes(hsid), bytes(qr), bytes(challenge), expires, tries, bool(used)
    public_key = bytes(key) if key is not None else None
    return Session(ident, *codes, account, bool(by_otp), bool(verified), userid, public_key, bytes(shown))
