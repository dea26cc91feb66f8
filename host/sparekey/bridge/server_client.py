"""The server over HTTP, for the bridge: the calls without an API key (docs/protocol.md §8)."""

import asyncio
import ipaddress
import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from .app_calls import MAX_ANSWER, AppCall, read_answer
from .errors import BridgeError, ServerGarbled, ServerUnreachable
from .network_faults import insecurity, is_certain

LIMIT = 8.0
"""Seconds that an answer's content takes at most, and each piece of what comes before it."""

LONGEST = 15.0
"""Seconds that a call takes at most in all."""

_TOO_SLOW = "its answer takes too long"

FAULTS = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError)
"""What an HTTP client raises; ``UnicodeError`` for a host's name that can't be one (IDNA)."""

_TIMEOUT = httpx.Timeout(LIMIT, connect=5.0)


class WrongAddress(BridgeError):
    """The server's address is not an address."""

    name = "wrong_address"
    sentence = "This is not a server's address."
    advice = "An address begins with https:// or http:// and goes on with a host's name, without a password."
    exit_status = 2


def checked_address(url: str) -> str:
    """``url`` without its last slash; ``WrongAddress`` where it isn't http or https with a host."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        good = False
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise WrongAddress("it has a name or a password in it")  # not shown: one may be secret
    if not good or parts.query or parts.fragment:
        raise WrongAddress(url)
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether ``url`` leads to this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def client_options(url: str) -> dict[str, Any]:
    """What every HTTP client to ``url`` is made with: no proxy to this machine, no redirects."""
    return {
        "base_url": checked_address(url),
        "trust_env": not is_loopback(url),
        "timeout": _TIMEOUT,
        "follow_redirects": False,
    }


Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)


def made(kind: type[Client], options: dict[str, Any]) -> Client:
    """An HTTP client; ``ServerUnreachable`` where this system's settings for HTTP don't let it be."""
    try:
        return kind(**options)
    except (ImportError, ValueError, OSError, httpx.InvalidURL) as fault:
        # ImportError: a SOCKS proxy, without httpx's part for it
        raise ServerUnreachable(
            "this system's settings for HTTP can't be used",
            certain=True,
            next_step="Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and SSL_CERT_FILE.",
        ) from fault


class ServerClient:
    """The server, for programs that may wait for it."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        """Raises ``WrongAddress``; what else hinders is told when the server is asked."""
        self._options = {"transport": transport, **client_options(url)}
        self._client: httpx.Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        if self._client:
            self._client.close()

    def ask(self, call: AppCall) -> dict[str, Any]:
        """The answer to ``call``; ``ServerUnreachable``, ``ServerGarbled`` or ``ServerRefused``."""
        self._client = self._client or made(httpx.Client, self._options)
        return read_answer(call, *fetched(self._client, *_request(call), call.body))


def fetched(client: httpx.Client, method: str, path: str, body: object) -> tuple[int, bytes]:
    """The status and the content of an answer that is neither too long nor too slow.

    Raises ``ServerUnreachable`` or ``ServerGarbled``.
    """
    answer: Future[tuple[int, bytes]] = Future()

    def fetch() -> None:
        try:
            answer.set_result(_fetched(client, method, path, body))
        except BaseException as fault:  # whoever waits gets it
            answer.set_exception(fault)

    # httpx has a limit for each piece of an answer's head, and none for all of them
    threading.Thread(target=fetch, daemon=True).start()
    try:
        return answer.result(LONGEST)
    except TimeoutError as fault:
        raise ServerUnreachable(_TOO_SLOW) from fault


def _fetched(client: httpx.Client, method: str, path: str, body: object) -> tuple[int, bytes]:
    deadline = time.monotonic() + LIMIT
    content = b""
    try:
        with client.stream(method, path, json=body) as reply:
            for piece in reply.iter_bytes():
                content = _grown(content, piece, time.monotonic() > deadline)
    except FAULTS as fault:
        raise explained(fault) from fault
    return reply.status_code, content


class AsyncServerClient:
    """The server, for asyncio."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """As ``ServerClient``."""
        self._options = {"transport": transport, **client_options(url)}
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Ends the connection."""
        if self._client:
            await self._client.aclose()

    async def ask(self, call: AppCall) -> dict[str, Any]:
        """As ``ServerClient.ask``."""
        deadline = time.monotonic() + LIMIT
        content = b""
        self._client = self._client or made(httpx.AsyncClient, self._options)
        try:
            async with (
                asyncio.timeout(LONGEST),
                self._client.stream(*_request(call), json=call.body) as reply,
            ):
                async for piece in reply.aiter_bytes():
                    content = _grown(content, piece, time.monotonic() > deadline)
        except TimeoutError as fault:
            raise ServerUnreachable(_TOO_SLOW) from fault
        except FAULTS as fault:
            raise explained(fault) from fault
        return read_answer(call, reply.status_code, content)


def _request(call: AppCall) -> tuple[str, str]:
    return ("GET" if call.body is None else "POST"), call.path


def _grown(content: bytes, piece: bytes, late: bool) -> bytes:
    if late:
        raise ServerUnreachable(_TOO_SLOW)
    if len(content) + len(piece) > MAX_ANSWER:
        raise ServerGarbled("its answer is too long")
    return content + piece


def explained(fault: Exception) -> ServerUnreachable:
    """The error for a fault of HTTP's."""
    if isinstance(fault, httpx.DecodingError | httpx.RemoteProtocolError):
        return ServerGarbled("no proper HTTP")
    insecure = insecurity(fault)
    if insecure:
        return ServerGarbled(insecure)
    certain = is_certain(fault) or isinstance(fault, UnicodeError)
    if isinstance(fault, httpx.TimeoutException):
        words = "no answer in time"
    elif isinstance(fault, httpx.ProxyError):
        words = "the proxy does not let it through"
    else:
        words = "there is no network, or no such name" if certain else "no connection"
    return ServerUnreachable(words, certain=certain)
