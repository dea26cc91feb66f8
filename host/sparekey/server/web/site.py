"""Puts the demo site together: pages, static files, headers, and a page for every trouble."""

from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from .account import AccountPage
from .enrol import Enrol
from .login_service import LoginService, ServiceFault
from .pages import Pages, facts_as_json, wants_json
from .public_scheme import PublicScheme
from .response_headers import ResponseHeaders
from .sentences import sentence
from .sign_in import SignIn


def create_site(api: httpx.AsyncClient, serverid: str, *, https: bool = False) -> Starlette:
    """The demo site as an ASGI application.

    ``api`` reaches the Server API (its ``base_url``) with ``X-apikey`` set; ``serverid`` is URL-safe
    base64 as the API writes it. The site keeps no state: several processes may serve it. ``https``: browsers
    reach it by HTTPS, which a proxy in front ends; its cookies are for HTTPS alone then.
    """
    pages = Pages(LoginService(api, serverid))

    async def service_fault(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, ServiceFault)
        status = fault.status if fault.status in (403, 404, 409, 429, 503) else 502
        if wants_json(request):
            return facts_as_json(status, error=sentence(fault))
        return pages.trouble(request, sentence(fault), status)

    async def http_fault(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, HTTPException)
        words = "There is no such page here." if fault.status_code == 404 else "That can't be done here."
        return pages.trouble(request, words, fault.status_code)

    static = StaticFiles(directory=Path(__file__).parent / "static")
    site = Starlette(
        routes=[
            *SignIn(pages).routes,
            *Enrol(pages).routes,
            *AccountPage(pages).routes,
            Mount("/static", static),
        ],
        middleware=[
            Middleware(ResponseHeaders),
            *([Middleware(PublicScheme, scheme="https")] if https else []),
        ],
        exception_handlers={ServiceFault: service_fault, HTTPException: http_fault},
    )
    # it would redirect to the host that the request names, which anyone may write
    site.router.redirect_slashes = False
    return site
