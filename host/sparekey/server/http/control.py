"""The control address, for demos and tests: takes the app side away and gives it back, like a cut cable."""

import ipaddress

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .listener import Listener


def control(apart: Listener | None) -> Starlette:
    """``POST /app/off`` closes the app side's address and its connections; ``/app/on`` opens it."""
    assert apart is not None

    async def off(request: Request) -> Response:
        if _from_a_page(request):
            return JSONResponse({"error": "not for pages in a browser"}, 403)
        await apart.close(at_once=True)
        return JSONResponse({"app": "off"})

    async def on(request: Request) -> Response:
        if _from_a_page(request):
            return JSONResponse({"error": "not for pages in a browser"}, 403)
        await apart.open()
        return JSONResponse({"app": "on"})

    return Starlette(
        routes=[Route("/app/off", off, methods=["POST"]), Route("/app/on", on, methods=["POST"])]
    )


def _from_a_page(request: Request) -> bool:
    """Whether a browser asks for a page's script or form: any page may send such a POST to this machine."""
    return "origin" in request.headers


def is_loopback(host: str) -> bool:
    """Whether an address is one that only this machine reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
