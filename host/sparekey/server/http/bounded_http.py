"""Uvicorn's HTTP/1.1, bounded: so many connections, so many bytes of headers and headers, so long to send."""

import asyncio
import logging
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sparekey.server.errors import ApiError

from .dispatch import refused
from .gathered_writes import gathering
from .lingering_close import LingeringTransport

_LOG = logging.getLogger("sparekey.server")
CONNECTIONS = 2000
"""As many of one listener, and calls under way on them, are served; what comes on others is told to wait."""

_RETRY_SECONDS = 1
_HEADER_BYTES = 16 * 1024
_HEADERS = 64
_REQUEST_SECONDS = 10.0
_TOO_MUCH = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """A connection that can't make the server keep what it sends before a request is whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun = False
        self._in_headers = True
        self._header_bytes = 0
        self._late: asyncio.TimerHandle | None = None
        self._closing: LingeringTransport
        self._is_crowded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection has as long for its first request as for any."""
        self._closing = LingeringTransport(
            gathering(transport, self.loop), self.loop, lambda: self._header_bytes > 0
        )
        super().connection_made(self._closing.as_transport())
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more to wait for."""
        self._came()
        self._closing.hang_up()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The service stops: the rest of a request that has its answer is not waited for."""
        self._header_bytes = 0
        if self._closing.lingering:
            self._closing.hang_up()
        else:
            super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Counts what comes while headers are due, before the parser keeps it."""
        if self._closing.lingering:
            self._closing.take(len(data))
            return
        if self._in_headers:
            self._header_bytes += len(data)
            # a body may come in the same piece: only a request that stays in its headers is too large
            if self._header_bytes > _HEADER_BYTES and b"\r\n\r\n" not in data[:_HEADER_BYTES]:
                self._end(_TOO_MUCH)
                return
        super().data_received(data)
        # most come whole: only a request that lets us wait is worth a timer
        if self._begun and self._late is None and not self.transport.is_closing():
            self._await_request()

    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self._begun = True

    def on_headers_complete(self) -> None:
        """The request is there, but for its body."""
        if len(self.headers) > _HEADERS:
            self._end(_TOO_MUCH)
        self._in_headers = False
        if self.transport.is_closing():
            return
        # uvicorn's own limit_concurrency answers too, but doesn't say when to come back
        self._is_crowded = max(len(self.connections), len(self.tasks)) >= CONNECTIONS
        self.app = _crowded if self._is_crowded else self.config.loaded_app
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body, unless its headers were refused."""
        if not self._closing.lingering:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The next request's headers are due; how long it lets us wait is keep-alive's business."""
        if self._closing.lingering:
            return
        self._came()
        super().on_message_complete()
        self._begun = False
        self._in_headers = True
        self._header_bytes = 0

    def _should_upgrade(self) -> bool:
        return not self._is_crowded and super()._should_upgrade()

    def _await_request(self) -> None:
        self._late = self.loop.call_later(_REQUEST_SECONDS, self._end, _TOO_LATE)

    def _answering(self) -> bool:
        return self.cycle is not None and self.cycle.response_started

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self, answer: bytes) -> None:
        self._came()
        if not self.transport.is_closing():
            if self._in_headers or not self._answering():
                self.transport.write(answer)
            if self.cycle is not None:  # a handler that waits for the body waits no longer
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            self.transport.close()


async def _crowded(scope: Scope, receive: Receive, send: Send) -> None:
    _LOG.warning("too many connections", extra={"facts": {"limit": CONNECTIONS}})
    answer = refused(ApiError("busy", retry_after=_RETRY_SECONDS))
    answer.headers["connection"] = "close"  # it makes room
    await answer(scope, receive, send)
