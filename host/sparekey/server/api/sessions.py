"""Browser sessions: getSession, logout and the QR codes for login and enrolment."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from starlette.responses import Response

from sparekey.server.accounts import enrolments, servers
from sparekey.server.embed import qr_picture
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import session_life
from sparekey.server.login.session_life import Session
from sparekey.server.monitoring import audit
from sparekey.server.objects import Empty, LoginStatus, UserContext, UserId
from sparekey.server.store.interface import Transaction
from sparekey_token.core import compose, payload


class Asked(Struct):
    """``info`` (ours): who asks, for the token's screen; at most 32 bytes of it are shown."""

    info: Annotated[str, Meta(max_length=256)] = ""


class Picture(Struct):
    """``img=png`` for a picture of at most ``s`` pixels a side, instead of the text."""

    img: Literal["", "png"] = ""
    s: Annotated[int, Meta(ge=64, le=2000)] = 500


class EnrolPicture(Picture):
    """The picture, the account's name on the token, and whose it will be."""

    name: Annotated[str, Meta(max_length=64)] = ""
    userid: UserId | None = None


@operation(
    "GET",
    "/servers/{serverid}/sessions/",
    "sessions",
    nonce=True,
    query=Asked,
    answer=LoginStatus,
    codes=("session_locked",),
)
async def get_session(call: Call) -> LoginStatus:
    """Who is logged in to a browser session, and the QR code that lets someone (getSession)."""
    server, nonce, now = call.server.id, call.nonce, call.service.now()
    hint = session_life.hint_of(call.query.info)

    def look(transaction: Transaction) -> LoginStatus | None:
        return session_life.current(session_life.of_nonce(transaction, server, nonce), now)

    def renew(transaction: Transaction) -> LoginStatus:
        found = session_life.of_nonce(transaction, server, nonce)
        status = session_life.current(found, now)
        if status is not None:
            return status
        return session_life.status_of(session_life.renew(transaction, server, nonce, now, hint, found), now)

    seen = await call.service.store.read(look)
    if seen is not None:
        return seen
    return await call.service.store.write(renew)


@operation("POST", "/servers/{serverid}/sessions/logout", "sessions", nonce=True, answer=Empty)
async def logout(call: Call) -> Empty:
    """End a session's login."""

    def job(transaction: Transaction) -> None:
        found = session_life.of_nonce(transaction, call.server.id, call.nonce)
        if found is not None and found.account is not None:
            session_life.log_out(transaction, found)
            transaction.tell(f"LOGOUT {found.hsid.hex()}")

    await call.service.store.write(job)
    return Empty()


@operation(
    "GET",
    "/servers/{serverid}/sessions/qr/login",
    "sessions",
    nonce=True,
    query=Picture,
    body=UserContext,
    body_needed=False,
    media=("application/octet-stream", "image/png"),
)
async def qr_login(call: Call) -> Response:
    """The QR code for a login; a fresh one where the last was used up or locked."""
    session = await login_session(call)
    return qr_code(compose.to_text(session.qr), call.query)


@operation(
    "GET",
    "/servers/{serverid}/sessions/qr/enrol",
    "sessions",
    nonce=True,
    query=EnrolPicture,
    media=("application/octet-stream", "image/png"),
    codes=("invalid_name",),
)
async def qr_enrol(call: Call) -> Response:
    """Begin an enrolment in this session; answers its QR code."""
    return qr_code(compose.to_text(await begun_enrolment(call)), call.query)


async def login_session(call: Call, context: bool = True) -> Session:
    """The session with a QR code that can bring a login.

    The body's ``UserContext`` names who asks; without ``context`` the body is another's, and a session
    that is logged in is answered as it is.
    """
    now = call.service.now()
    asks = (call.body if context else None) or UserContext()
    hint = session_life.hint_of(asks.sessioninfo.info or asks.sessioninfo.useragent)

    def job(transaction: Transaction) -> Session:
        found = session_life.of_nonce(transaction, call.server.id, call.nonce)
        if found is not None and (found.live(now) or (found.loggedin and not context)):
            return found
        return session_life.renew(transaction, call.server.id, call.nonce, now, hint, found)

    return await call.service.store.write(job)


async def begun_enrolment(call: Call) -> bytes:
    """The payload of an enrolment that begins now."""
    now, query = call.service.now(), call.query
    short = (query.userid or "").encode("utf-8")[: payload.MAX_ACCOUNT_NAME].decode("utf-8", "ignore")
    name = query.name or short or "account"

    def job(transaction: Transaction, trail: audit.Trail) -> bytes:
        # read again: its name may have changed within the last two seconds
        server = servers.by_number(transaction, call.server.id)
        url = call.service.addresses.app
        return enrolments.begin(transaction, server, call.nonce, query.userid, name, url, now, trail)

    return await audit.write(call.service.store, job)


def qr_code(text: str, picture: Picture) -> Response:
    """A QR code as it was asked for."""
    if picture.img == "png":
        return Response(qr_picture.png(text, picture.s), media_type="image/png")
    return Response(text, media_type="application/octet-stream")
