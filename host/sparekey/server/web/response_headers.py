"""The headers that keep a page to itself: a strict Content-Security-Policy, no framing, no caching."""

import re
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'{live}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


def policy(wsurl: str) -> str:
    """The Content-Security-Policy of a page that listens at ``wsurl`` (empty: only polls)."""
    parts = urlsplit(wsurl)
    known = parts.scheme in ("ws", "wss") and re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc)
    return _POLICY.format(live=f" {parts.scheme}://{parts.netloc}" if known else "")


class ResponseHeaders:
    """ASGI middleware: the fixed headers on every answer; a policy and ``no-store`` where none is set."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                present = {name.lower() for name, _ in headers}
                headers.extend(_FIXED)
                if b"content-security-policy" not in present:
                    headers.append((b"content-security-policy", policy("").encode("ascii")))
                # static files carry an ETag and may be kept, if asked for again
                cache = b"no-cache" if b"etag" in present else b"no-store"
                if b"cache-control" not in present:
                    headers.append((b"cache-control", cache))
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
