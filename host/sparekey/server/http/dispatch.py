"""From an HTTP request to a checked ``Call`` and back: who calls, for which server, with what."""

import base64
import binascii
import logging
import re
from collections.abc import Awaitable, Callable
from functools import lru_cache

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sparekey.server.accounts.roles import ROOT
from sparekey.server.errors import ApiError, Conflict, StoreUnavailable
from sparekey.server.login.session_life import nonce_hash
from sparekey.server.service import Service

from .operation import Call, Operation

_LOG = logging.getLogger("sparekey.server")
MAX_BODY = 128 * 1024  # bytes; a server's logo is the largest thing sent
_RETRY_SECONDS = 1
_NONCE_CHARACTERS = 512
_ENCODER = msgspec.json.Encoder()
_HEX = re.compile(r"[0-9a-fA-F]+")
_JSON = b"application/json"
_JSON_KIND = re.compile(rb"\s*application/([^;]*\+)?json\s*(;.*)?", re.IGNORECASE)


def endpoint(declared: Operation, service: Service) -> Callable[[Request], Awaitable[Response]]:
    """The ASGI side of an operation."""
    decoder = msgspec.json.Decoder(declared.body) if declared.body is not None else None

    async def answer(request: Request) -> Response:
        try:
            call = await _checked(declared, service, request, decoder)
            result = await declared.handler(call)
        except ApiError as refusal:
            return refused(refusal)
        except StoreUnavailable as fault:
            _LOG.warning("the store is away or busy", extra={"facts": {"why": str(fault)}})
            return refused(ApiError("busy", retry_after=_RETRY_SECONDS))
        except Conflict:
            return refused(ApiError("busy", retry_after=_RETRY_SECONDS))
        except ClientDisconnect:
            return Response(status_code=408)
        except Exception:
            _LOG.exception("fault in %s", declared.name)
            return refused(ApiError("fault"))
        return result if isinstance(result, Response) else json(result)

    return answer


def json(value: object, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(_ENCODER.encode(value), status, media_type="application/json")


def refused(refusal: ApiError) -> Response:
    """``{"error": {"code", "message"}}``."""
    response = json({"error": {"code": refusal.code, "message": refusal.message}}, refusal.status)
    if refusal.retry_after is not None:
        response.headers["retry-after"] = str(refusal.retry_after)
    if refusal.code in ("too_large", "timed_out"):
        response.headers["connection"] = "close"
    return response


async def _checked(
    declared: Operation, service: Service, request: Request, decoder: "msgspec.json.Decoder[object] | None"
) -> Call:
    call = Call(request, service)
    # one pass: looking each up anew would cost more than all else here
    headers: dict[bytes, bytes] = dict(request.scope["headers"])
    if declared.permissions:
        key = headers.get(b"x-apikey")
        if not key:
            raise ApiError("unauthorized")
        role = await service.directory.role_of(key)
        call.who = role.name
        su = headers.get(b"x-su")
        if su is not None:
            role = await service.directory.acting(role, su.decode("latin-1"))
            call.who += f" as {role.name}"
        call.role_or_none = role
        if not call.role.may(*declared.permissions):
            raise ApiError("forbidden", f"It takes {' or '.join(declared.permissions)}.")
        if "serverid" in request.path_params:
            call.server_or_none = await service.directory.server(serverid_of(request.path_params["serverid"]))
            if not call.role.sees(call.server):
                raise ApiError("not_found")
    if declared.nonce:
        call.nonce_or_none = nonce_hash(
            call.server.serverid, _nonce(headers.get(b"x-nonce", b"").decode("latin-1"))
        )
    if declared.query is not None:
        call.query = _query(declared.query, request)
    if decoder is not None:
        call.body = await _body(declared, request, headers, decoder)
    return call


@lru_cache(maxsize=1024)
def serverid_of(text: str) -> bytes:
    """The 8 bytes of a server id in URL-safe base64, or in standard base64 with padding.

    Raises ``ApiError`` (``not_found``).
    """
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        data = base64.b64decode(plain + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ApiError("not_found") from None
    # the last character's spare bits are zero: one id, one spelling
    if len(data) != 8 or spelled(data) != plain:
        raise ApiError("not_found")
    return data


def spelled(serverid: bytes) -> str:
    """A server id as the API writes it."""
    return base64.urlsafe_b64encode(serverid).rstrip(b"=").decode("ascii")


def _nonce(text: str) -> bytes:
    """The nonce's bytes: hex where it can be hex, else base64 of either alphabet."""
    if len(text) > _NONCE_CHARACTERS:
        raise ApiError("bad_nonce")
    if _HEX.fullmatch(text) and len(text) % 2 == 0:
        data = bytes.fromhex(text)
    else:
        plain = text.rstrip("=").replace("+", "-").replace("/", "_")
        try:
            data = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise ApiError("bad_nonce") from None
    if len(data) < 16:
        raise ApiError("bad_nonce")
    return data


def _query(shape: type[msgspec.Struct], request: Request) -> msgspec.Struct:
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(shape):
        given = request.query_params.getlist(field.encode_name)
        if given:
            # Annotated[tuple[…], …] has the tuple one layer down
            kind = getattr(field.type, "__origin__", field.type)
            several = tuple in (kind, getattr(kind, "__origin__", None))
            values[field.encode_name] = given if several else given[-1]
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as fault:
        raise ApiError("bad_request", f"Query: {fault}.") from None


async def _body(
    declared: Operation,
    request: Request,
    headers: dict[bytes, bytes],
    decoder: "msgspec.json.Decoder[object]",
) -> object:
    raw = await _read(request, headers.get(b"content-length", b"0"))
    if not raw:
        if declared.body_needed:
            raise ApiError("bad_request", "The body is missing.")
        return None
    kind = headers.get(b"content-type", _JSON)
    if kind != _JSON and not _JSON_KIND.fullmatch(kind):
        raise ApiError("wrong_media_type")
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as fault:
        raise ApiError("bad_request", f"Body: {fault}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ApiError("bad_request", "The body is not JSON in UTF-8.") from None


async def _read(request: Request, length: bytes) -> bytes:
    if not length.isdigit() or len(length) > 12 or int(length) > MAX_BODY:
        raise ApiError("too_large")
    # a body that is late is the listener's business (bounded_http)
    message = await request.receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        whole: bytes = message.get("body", b"")
        if len(whole) > MAX_BODY:
            raise ApiError("too_large")
        return whole
    pieces, size = [], 0
    while message["type"] == "http.request":
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MAX_BODY:
            raise ApiError("too_large")
        if not message.get("more_body"):
            return b"".join(pieces)
        message = await request.receive()
    raise ClientDisconnect


__all__ = ["MAX_BODY", "ROOT", "endpoint", "json", "refused", "serverid_of", "spelled"]
