"""The calls of docs/protocol.md §8, declared once: path, body and answer, for whatever carries them."""

import json
from dataclasses import dataclass, field
from typing import Any

from sparekey_token.core import frame, messages

from .errors import IN_TROUBLE, ServerError, ServerGarbled, ServerRefused, ServerUnreachable

MAX_ANSWER = 65536
"""Bytes that an answer has at most; what is longer is not the server's."""

# bytes: more than any name or hint of docs/protocol.md §2 has
_MAX_TEXT = 128

Fields = tuple[tuple[str, str], ...]

# the kinds are those of sparekey_token.core.messages
_SESSION: Fields = (
    ("server", "hex8"),
    ("name", "text"),
    ("hint", "text"),
    ("expires", "int"),
    ("challenge", "hex16"),
    ("verify", "bool"),
)
_LOGIN: Fields = (("loggedin", "bool"),)
_TRANSACTION: Fields = (("server", "hex8"), ("challenge", "hex16"), ("expires", "int"), ("verify", "bool"))
_SETTLED: Fields = (("tstatus", "int"),)
_TIME: Fields = (("unix", "int"), ("proof", "hex32"))
_COMMIT: Fields = (("server_nonce", "hex16"),)
_REVEAL: Fields = (("ref", "int"), ("format", "text"), ("unix", "int"), ("proof", "hex32"))


@dataclass(frozen=True)
class AppCall:
    """One call to the server: ``kind`` names it, ``body`` is None for a GET."""

    kind: str
    path: str
    body: dict[str, object] | None = field(repr=False)
    answer: Fields = field(repr=False)


def session(session_id: bytes) -> AppCall:
    """Who asks for this login, and the challenge to answer."""
    return AppCall("session", f"/app/sessions/{session_id.hex()}", None, _SESSION)


def login(session_id: bytes, ref: int, flags: int, proof: bytes) -> AppCall:
    """The token's proof for an online login."""
    body: dict[str, object] = {"ref": ref, "flags": flags, "proof": proof.hex()}
    return AppCall("login", f"/app/sessions/{session_id.hex()}/login", body, _LOGIN)


def transaction(transaction_id: bytes) -> AppCall:
    """The challenge for a transaction that waits."""
    return AppCall("transaction", f"/app/transactions/{transaction_id.hex()}", None, _TRANSACTION)


def settle(transaction_id: bytes, ref: int, flags: int, proof: bytes) -> AppCall:
    """The token's proof that its person said yes, or no."""
    body: dict[str, object] = {"ref": ref, "flags": flags, "proof": proof.hex()}
    return AppCall("settle", f"/app/transactions/{transaction_id.hex()}", body, _SETTLED)


def time(server_id: bytes, ref: int, nonce: bytes) -> AppCall:
    """The server's time with its proof, for a nonce that the token made."""
    body: dict[str, object] = {"server": server_id.hex(), "ref": ref, "nonce": nonce.hex()}
    return AppCall("time", "/app/time", body, _TIME)


def commit(enrolment_id: bytes, commitment: bytes) -> AppCall:
    """Enrolment, step 2."""
    path = f"/app/enrolments/{enrolment_id.hex()}/commit"
    return AppCall("commit", path, {"commitment": commitment.hex()}, _COMMIT)


def reveal(enrolment_id: bytes, revealed: dict[str, Any], description: str) -> AppCall:
    """Enrolment, step 4; ``revealed`` is the token's answer to ``enrol.reveal``."""
    body = messages.to_wire(messages.METHODS["enrol.reveal"].result, revealed)
    body["description"] = description
    return AppCall("reveal", f"/app/enrolments/{enrolment_id.hex()}/reveal", body, _REVEAL)


def read_answer(call: AppCall, status: int, content: bytes) -> dict[str, Any]:
    """The answer's fields, hex as bytes; fields that this version doesn't know are passed over.

    Raises ``ServerRefused`` for the server's own errors and ``ServerGarbled`` for anything else.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise ServerGarbled(f"HTTP {status}, no JSON") from None
    if status != 200:
        raise refusal(status, told)
    if not isinstance(told, dict):
        raise ServerGarbled("no JSON object")
    try:
        checked = messages.check(call.answer, {name: told[name] for name, _ in call.answer if name in told})
    except frame.LineFault as fault:
        raise ServerGarbled(str(fault)) from None
    for name, value in checked.items():
        if not _is_carried(value):
            raise ServerGarbled(f"{name} is out of range")
    return checked


def _is_carried(value: object) -> bool:
    """Whether ``value`` fits a line to the token (docs/protocol.md §7), whatever the server thinks of."""
    if isinstance(value, int):
        return value < 2**63
    try:
        return not isinstance(value, str) or len(value.encode()) <= _MAX_TEXT
    except UnicodeError:  # half a surrogate pair
        return False


def refusal(status: int, told: object) -> ServerError:
    """The error for an answer that is a refusal; ``ServerUnreachable`` where the server is in trouble."""
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return ServerGarbled(f"HTTP {status}")
    message = error.get("message")
    words = message if isinstance(message, str) else ""
    if status >= 500:
        return ServerUnreachable(words or f"HTTP {status}", next_step=IN_TROUBLE)
    return ServerRefused(status, error["code"], words)
