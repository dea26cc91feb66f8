"""One call of the API, declared once: routes, permissions, checks and the OpenAPI document follow from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from sparekey.server.accounts.names import is_name
from sparekey.server.accounts.roles import Role
from sparekey.server.accounts.servers import ServerRow
from sparekey.server.errors import ApiError
from sparekey.server.monitoring import audit
from sparekey.server.service import Service
from sparekey.server.store.interface import T, Transaction


@dataclass
class Call:
    """A request whose key, path, query and body have been checked.

    ``nonce`` is the hash of ``X-nonce``; asking for what the operation doesn't declare is a programming
    error (``AssertionError``).
    """

    request: Request
    service: Service
    role_or_none: Role | None = None
    server_or_none: ServerRow | None = None
    nonce_or_none: bytes | None = None
    who: str = ""
    """The role whose key it is, and the one that it acts as; for the audit log."""
    query: Any = None
    body: Any = None

    @property
    def role(self) -> Role:
        """The role that acts."""
        assert self.role_or_none is not None
        return self.role_or_none

    @property
    def server(self) -> ServerRow:
        """The server in the path, as it was at most two seconds ago."""
        assert self.server_or_none is not None
        return self.server_or_none

    @property
    def nonce(self) -> bytes:
        """The hash that names the browser session."""
        assert self.nonce_or_none is not None
        return self.nonce_or_none

    async def change(self, job: Callable[[Transaction, audit.By], T]) -> T:
        """What ``job`` answers, once what it changed and noted is durable. Raises ``StoreUnavailable``."""
        return await audit.change(self.service.store, self.service.now(), self.who, job)

    def number(self, name: str, below: int = 1 << 62) -> int:
        """A number in the path. Raises ``ApiError`` (``not_found``)."""
        text = self.request.path_params[name]
        if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < below):
            raise ApiError("not_found")
        return int(text)

    def text(self, name: str) -> str:
        """A user id or an attribute's key in the path. Raises ``ApiError`` (``not_found``)."""
        text: str = self.request.path_params[name]
        if not is_name(text):
            raise ApiError("not_found")
        return text

    def given(self, name: str) -> Any:
        """A value from the query, or from the body where the query lacks it.

        The API's description leaves open where ``userid`` and ``blocked`` go. Raises ``ApiError``
        (``bad_request``) where it is in neither.
        """
        for where in (self.query, self.body):
            value = getattr(where, name, None)
            if value is not None:
                return value
        raise ApiError("bad_request", f"{name} is missing.")

    def bytes_of(self, name: str, length: int, code: str) -> bytes:
        """Bytes in the path, in hex. Raises ``ApiError`` with ``code`` where they are none."""
        text = self.request.path_params[name]
        try:
            data = bytes.fromhex(text) if len(text) == 2 * length else b""
        except ValueError:
            data = b""
        if len(data) != length:
            raise ApiError(code)
        return data


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Operation:
    """``permissions``: one of them is needed (none: no API key at all); ``codes``: what it refuses with.

    ``query`` and ``body`` are Structs; ``media`` are the types of an answer that is no JSON.
    """

    method: str
    path: str
    handler: Handler
    permissions: tuple[str, ...]
    summary: str
    query: type[Struct] | None
    body: type[Any] | None
    body_needed: bool
    answer: type[Any] | None
    media: tuple[str, ...]
    codes: tuple[str, ...]
    nonce: bool

    @property
    def name(self) -> str:
        """The handler's name: ``operationId``."""
        return getattr(self.handler, "__name__", "")


def operation(
    method: str,
    path: str,
    *permissions: str,
    query: type[Struct] | None = None,
    body: type[Any] | None = None,
    body_needed: bool = True,
    answer: type[Any] | None = None,
    media: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
    nonce: bool = False,
) -> Callable[[Handler], Operation]:
    """Makes the decorated handler an ``Operation``; its docstring's first line is the summary."""

    def declared(handler: Handler) -> Operation:
        summary = (handler.__doc__ or "").strip().split("\n")[0].rstrip(".")
        return Operation(
            method,
            path,
            handler,
            permissions,
            summary,
            query,
            body,
            body_needed,
            answer,
            media,
            codes,
            nonce,
        )

    return declared


__all__ = ["Call", "Operation", "Response", "operation"]
