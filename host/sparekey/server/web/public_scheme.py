"""HTTPS that ends at a proxy: the site is asked over HTTP, and its cookies are for HTTPS all the same."""

from starlette.types import ASGIApp, Receive, Scope, Send


class PublicScheme:
    """ASGI middleware: every request counts as made by ``scheme``, which browsers use.

    It is told, not read from a header: whoever reaches the site past the proxy could write one.
    """

    def __init__(self, app: ASGIApp, scheme: str) -> None:
        self._app = app
        self._scheme = scheme

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["scheme"] = self._scheme
        await self._app(scope, receive, send)
