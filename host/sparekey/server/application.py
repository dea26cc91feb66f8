"""Puts the service together: the API, the app side, live status, health, and the demo site where wanted."""

from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from .api import OPERATIONS
from .embed.snippets import EMBED
from .errors import ApiError, StoreUnavailable
from .http.api_docs import docs_routes
from .http.dispatch import endpoint, json, refused, serverid_of, spelled
from .http.openapi import document
from .http.operation import Operation
from .http.paths import Endpoint, Paths
from .login.live import live
from .service import Service

_APP = "/app/"
_CLOSED_FOR = 60  # seconds, told to bridges


def api(service: Service, *, app_side: bool = True, site: ASGIApp | None = None) -> ASGIApp:
    """The Server API as an ASGI application; ``app_side``: with docs/protocol.md §8 at the same address."""
    operations = [one for one in OPERATIONS if app_side or not one.path.startswith(_APP)]

    async def openapi(request: Request) -> Response:
        return json(document(OPERATIONS, service.addresses.public))

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(
            service.metrics.text(service.hub.listeners), media_type="text/plain; version=0.0.4"
        )

    async def embed(request: Request) -> Response:
        return Response(EMBED, media_type="text/javascript", headers={"cache-control": "max-age=3600"})

    async def closed(request: Request) -> Response:
        # a bridge takes a 503 for a server out of reach, and offers the offline way
        return refused(ApiError("app_closed", retry_after=_CLOSED_FOR))

    async def socket(websocket: WebSocket) -> None:
        await live(websocket, service.hub)

    routes: list[BaseRoute] = [
        Route("/openapi.json", openapi),
        Route("/metrics", metrics),
        _health(service),
        Route("/embed.js", embed),
        *docs_routes(),
        WebSocketRoute("/live", socket),
    ]
    if not app_side:
        methods = ["GET", "HEAD", "POST", "PUT", "DELETE"]
        routes.append(Route(_APP + "{rest:path}", closed, methods=methods))
    if site is not None:
        routes.append(Mount("/", site))
    return _Front(_paths(operations, service), _application(routes), service)


def app_side(service: Service) -> ASGIApp:
    """Only what bridges call (docs/protocol.md §8), for an address of its own."""
    operations = [one for one in OPERATIONS if one.path.startswith(_APP)]
    return _Front(_paths(operations, service), _application([_health(service)]), service)


def _application(routes: Sequence[BaseRoute]) -> Starlette:
    async def not_found(request: Request, fault: Exception) -> Response:
        return refused(ApiError("not_found"))

    async def not_allowed(request: Request, fault: Exception) -> Response:
        response = refused(ApiError("method_not_allowed"))
        response.headers.update(getattr(fault, "headers", None) or {})
        return response

    starlette = Starlette(routes=list(routes), exception_handlers={404: not_found, 405: not_allowed})
    starlette.router.redirect_slashes = False
    return starlette


def _paths(operations: Iterable[Operation], service: Service) -> Paths:
    paths = Paths()
    for one in operations:
        paths.add(one.method, one.path, endpoint(one, service))
    return paths


def _health(service: Service) -> Route:
    async def healthz(request: Request) -> Response:
        try:
            await service.health.check()
        except StoreUnavailable:
            return refused(ApiError("busy", retry_after=1))
        return json({"status": "ok"})

    return Route("/healthz", healthz)


class _Front:
    """The outermost layer: the operations themselves, one spelling for each path, a count of every answer."""

    def __init__(self, paths: Paths, rest: ASGIApp, service: Service) -> None:
        self._paths = paths
        self._rest = rest
        self._answers = service.metrics.answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        path = _one_spelling(scope)
        found = self._paths.find(path)
        if found is not None:
            response = await _answered(found, scope, receive, send)
            self._answers[response.status_code] += 1
            await response(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answers[message["status"]] += 1
            await send(message)

        await self._rest(scope, receive, counted)


async def _answered(
    found: tuple[dict[str, Endpoint], dict[str, str]], scope: Scope, receive: Receive, send: Send
) -> Response:
    methods, scope["path_params"] = found
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    if method not in methods:
        response = refused(ApiError("method_not_allowed"))
        response.headers["allow"] = ", ".join(sorted(methods))
        return response
    return await methods[method](Request(scope, receive, send))


def _one_spelling(scope: Scope) -> str:
    """The path, a server id in standard base64 respelled (its slash comes as %2F)."""
    path: str = scope["path"]
    raw = scope.get("raw_path") or b""
    if b"%2" in raw and b"%2f" in raw.lower() and path.startswith("/servers/"):
        parts = raw.decode("latin-1").split("?")[0].split("/")
        try:
            parts[2] = spelled(serverid_of(unquote(parts[2])))
            path = unquote("/".join(parts))
        except ApiError:
            pass  # not an id: no operation will have it
    return path
