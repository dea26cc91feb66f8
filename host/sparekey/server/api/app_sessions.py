"""Online login: the session behind a scanned QR code, and the token's proof (docs/protocol.md §5, §8)."""

from msgspec import Struct

from sparekey.server.accounts.servers import ServerRow, by_number
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import session_life
from sparekey.server.login.online_proof import NEVER, refusal_of
from sparekey.server.login.session_life import Session
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Transaction
from sparekey_token.core import payload, proof

from .app_message import Flags, Hex16, Hex32, Reference


class AppSession(Struct):
    """What the bridge shows and hands to the token; ``verify``: the server wants the PIN."""

    server: str
    name: str
    hint: str
    expires: int
    challenge: Hex16
    verify: bool


class LoginProof(Struct):
    """``flags`` bit 0: the token verified its user for this login."""

    ref: Reference
    flags: Flags
    proof: Hex32


class LoggedIn(Struct):
    """The session is logged in."""

    loggedin: bool


@operation(
    "GET",
    "/app/sessions/{hsid}",
    answer=AppSession,
    codes=("no_session", "session_used", "session_locked", "expired"),
)
async def app_session(call: Call) -> AppSession:
    """The session that a QR code stands for."""
    hsid = call.bytes_of("hsid", 16, "no_session")

    def job(transaction: Transaction) -> AppSession:
        server, session = _open(transaction, hsid, call.service.now())
        shown = payload.parse(session.qr)
        assert isinstance(shown, payload.Login)
        return AppSession(
            server.serverid.hex(),
            shown.server_name,
            shown.hint,
            session.expires,
            session.challenge.hex(),
            server.pin_timeout != NEVER,
        )

    return await call.service.store.read(job)


@operation(
    "POST",
    "/app/sessions/{hsid}/login",
    body=LoginProof,
    answer=LoggedIn,
    codes=("no_session", "session_used", "session_locked", "expired", "proof_refused", "pin_needed"),
)
async def app_login(call: Call) -> LoggedIn:
    """Log a session in with a token's proof."""
    hsid = call.bytes_of("hsid", 16, "no_session")
    sent: LoginProof = call.body
    service, now = call.service, call.service.now()

    def job(transaction: Transaction, trail: audit.Trail) -> audit.Event:
        server, session = _open(transaction, hsid, now)
        reason = refusal_of(
            transaction, service, server, sent, session.qr, session.challenge, server.pin_timeout, now
        )
        if not reason:
            verified = bool(sent.flags & proof.USER_VERIFIED)
            session_life.log_in(transaction, session, sent.ref, verified, now)
            for heard in {hsid, session.shown}:
                transaction.tell(f"LOGIN {heard.hex()}")
        outcome = "refused" if reason else "accepted"
        event = audit.Event(now, server.id, "login", outcome, reason, hsid, sent.ref)
        trail.append(event)
        return event

    event = await audit.write(service.store, job)
    service.metrics.logins["online", event.outcome] += 1
    if event.reason:
        raise ApiError("pin_needed" if event.reason == "pin_needed" else "proof_refused")
    return LoggedIn(True)


def _open(transaction: Transaction, hsid: bytes, now: int) -> tuple[ServerRow, Session]:
    found = session_life.of_hsid(transaction, hsid)
    if found is None:
        raise ApiError("no_session")
    number, session = found
    if session.used:
        raise ApiError("session_used")
    if session.locked():
        raise ApiError("session_locked")
    if session.expires + session_life.LATE <= now:
        raise ApiError("expired")
    return by_number(transaction, number), session
