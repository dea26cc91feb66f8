"""The OpenAPI 3.1 document, from the same declarations that answer the calls."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from sparekey.server.errors import CODES
from sparekey_token import __version__

from .operation import Operation

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}
_ALWAYS = ("bad_request", "fault", "busy")
_WITH_KEY = ("unauthorized", "forbidden")
_WITH_BODY = ("timed_out", "too_large", "wrong_media_type")
_HEADERS = {
    "X-apikey": "The API key.",
    "X-su": "The role to act as; needs root or setrid.",
    "X-nonce": "The browser session's secret, at least 128 bits, in base64 or hex.",
}


def document(operations: Iterable[Operation], url: str) -> dict[str, Any]:
    """The document for the operations at a server's address."""
    listed = list(operations)
    shapes = [shape for one in listed for shape in (one.body, one.answer) if shape is not None]
    schemas, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(shapes, schemas, strict=True))
    paths: dict[str, Any] = {}
    for one in listed:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sparekey server",
            "version": __version__,
            "description": "The nextAuth Server API as far as a login service needs it, with otpLogin.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": url}],
        "tags": [{"name": tag} for tag in sorted({_tag(one) for one in listed})],
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {"apikey": {"type": "apiKey", "in": "header", "name": "X-apikey"}},
        },
    }


def _operation(one: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [_tag(one)],
        "parameters": [*_path_parameters(one), *_header_parameters(one), *_query_parameters(one)],
        "responses": _responses(one, schema_of),
        "security": [{"apikey": []}] if one.permissions else [],
    }
    if one.permissions:
        described["description"] = "Permission: " + " or ".join(one.permissions) + "."
    if one.body is not None:
        described["requestBody"] = {
            "required": one.body_needed,
            "content": {"application/json": {"schema": schema_of[one.body]}},
        }
    return described


def _responses(one: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done."}
    if one.answer is not None:
        answer["content"] = {"application/json": {"schema": schema_of[one.answer]}}
    elif one.media:
        answer["content"] = {media: {"schema": {}} for media in one.media}
    responses = {"200": answer}
    codes = list(dict.fromkeys([*_ALWAYS, *one.codes]))
    if one.permissions:
        codes += _WITH_KEY
    if one.nonce:
        codes.append("bad_nonce")
    if "{" in one.path and "not_found" not in codes:
        codes.append("not_found")
    if one.body is not None:
        codes += _WITH_BODY
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CODES[code][0], []).append(code)
    for status, names in sorted(by_status.items()):
        responses[str(status)] = {
            "description": " ".join(f"`{name}`: {CODES[name][1]}" for name in names),
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        if status in (429, 503):
            responses[str(status)]["headers"] = {
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
            }
    return responses


def _path_parameters(one: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", one.path)
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH.get(name, {"type": "string"})}
        for name in names
    ]


_PATH: dict[str, dict[str, Any]] = {
    "accountid": {"type": "integer", "minimum": 0, "maximum": (1 << 30) - 1},
    "serverid": {"type": "string", "description": "URL-safe base64 of 8 bytes, without padding."},
    "userid": {"type": "string", "minLength": 1, "maxLength": 64},
}


def _header_parameters(one: Operation) -> list[dict[str, Any]]:
    wanted = ["X-su"] if one.permissions else []
    wanted += ["X-nonce"] if one.nonce else []
    return [
        {
            "name": name,
            "in": "header",
            "required": name == "X-nonce",
            "description": _HEADERS[name],
            "schema": {"type": "string"},
        }
        for name in wanted
    ]


def _query_parameters(one: Operation) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    (schema,), components = msgspec.json.schema_components([one.query])
    described = components[one.query.__name__] if "$ref" in schema else schema
    needed = described.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in needed,
            "schema": shape,
            "style": "form",
            "explode": True,
        }
        for name, shape in described.get("properties", {}).items()
    ]


def _tag(one: Operation) -> str:
    return one.handler.__module__.rpartition(".")[2].split("_")[0]
