"""HTML to include in a page of the web application's own."""

from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response

from sparekey.server.api.sessions import EnrolPicture, Picture, begun_enrolment, login_session
from sparekey.server.embed import snippets
from sparekey.server.http.operation import Call, operation
from sparekey.server.objects import UserContext
from sparekey_token.core import compose

from .app_message import Hex16


class Shown(Struct):
    """A session that the page shows."""

    serverid: str
    sessionid: Hex16


class Page(Struct):
    """All sessions that the page shows."""

    sessions: Annotated[list[Shown], Meta(max_length=8)] = []


@operation(
    "GET",
    "/servers/{serverid}/sessions/html/login",
    "sessions",
    nonce=True,
    query=Picture,
    body=UserContext,
    body_needed=False,
    media=("text/html",),
)
async def html_login(call: Call) -> Response:
    """The login's QR code as HTML."""
    session = await login_session(call)
    words = f"Scan with Sparekey to sign in to {call.server.name}"
    return _html(snippets.qr(compose.to_text(session.qr), call.query.s, "login", words))


@operation(
    "GET",
    "/servers/{serverid}/sessions/html/enrol",
    "sessions",
    nonce=True,
    query=EnrolPicture,
    media=("text/html",),
    codes=("invalid_name",),
)
async def html_enrol(call: Call) -> Response:
    """Begin an enrolment; answers its QR code as HTML."""
    body = await begun_enrolment(call)
    words = f"Scan with Sparekey to add your token to {call.server.name}"
    return _html(snippets.qr(compose.to_text(body), call.query.s, "enrol", words))


@operation(
    "GET",
    "/servers/{serverid}/sessions/html/footer",
    "sessions",
    nonce=True,
    body=Page,
    body_needed=False,
    media=("text/html",),
)
async def html_footer(call: Call) -> Response:
    """The script that reloads the page when a session changes; without a body, this one's."""
    addresses = call.service.addresses
    page: Page | None = call.body
    hsids = [shown.sessionid.lower() for shown in page.sessions] if page else []
    if not hsids:
        hsids = [(await login_session(call, context=False)).hsid.hex()]
    return _html(snippets.footer(addresses.public, addresses.live, hsids))


def _html(text: str) -> Response:
    return Response(text, media_type="text/html")
