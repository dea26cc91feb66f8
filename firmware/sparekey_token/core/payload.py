"""What the QR codes hold: a login, an enrolment or a transaction (docs/protocol.md §2)."""

from collections import namedtuple

from . import crock32, digest
from .errors import Refused

SCHEME = "SPAREKEY:"
LOGIN = 0x11
ENROLMENT = 0x12
TRANSACTION = 0x13

MAX_SERVER_NAME = 24
MAX_HINT = 32
MAX_ACCOUNT_NAME = 24
MAX_URL = 96
MAX_AMOUNT = 24
MAX_BENEFICIARY = 48
MAX_DESCRIPTION = 96
CHECK = 4
"""Bytes of a payload's check: the first of the SHA-256 of all before it."""
OTP_ALLOWED = 1
"""Flag bit 0 of a login payload."""

Login = namedtuple(
    "Login", ("body", "server_id", "session_id", "expires", "otp_allowed", "server_name", "hint")
)
"""A login payload; ``body`` is the bytes that an OTP is bound to, ``expires`` in Unix seconds."""

Enrolment = namedtuple(
    "Enrolment",
    (
        "body",
        "server_id",
        "enrolment_id",
        "expires",
        "server_public_key",
        "server_name",
        "account_name",
        "server_url",
    ),
)
"""An enrolment payload; ``server_public_key`` is the server's X25519 key ``S``."""

Transaction = namedtuple(
    "Transaction",
    ("body", "server_id", "transaction_id", "expires", "amount", "beneficiary", "description"),
)
"""A transaction payload; ``body`` is the bytes that its proof is over, ``expires`` in Unix seconds."""


def from_text(text: str) -> bytes:
    """The payload's bytes in a QR code's text; ``Refused`` (``bad_payload``) where it isn't ours."""
    # compared letter by letter: CPython's upper() folds letters of other scripts into ours
    if len(text) < len(SCHEME) or text[: len(SCHEME)].encode("utf-8").upper() != SCHEME.encode("utf-8"):
        raise Refused("bad_payload", "it doesn't begin with " + SCHEME)
    try:
        return crock32.decode_bytes(text[len(SCHEME) :])
    except ValueError as fault:
        raise Refused("bad_payload", str(fault))


def parse(body: bytes) -> "Login | Enrolment | Transaction":
    """The fields of a payload, whole or not at all.

    Raises ``Refused``: ``bad_payload`` for a wrong check, left-over bytes, bad UTF-8, an over-long
    text or a reserved flag, ``unknown_kind`` for another first byte.
    """
    if len(body) < 1 + CHECK:
        raise Refused("bad_payload", "it is too short")
    if not digest.equal(digest.sha256(body[:-CHECK])[:CHECK], body[-CHECK:]):
        raise Refused("bad_payload", "its check is wrong")
    reader = _Reader(body[:-CHECK])
    kind = reader.take(1)[0]
    if kind == LOGIN:
        parsed: Login | Enrolment | Transaction = _parse_login(body, reader)
    elif kind == ENROLMENT:
        parsed = _parse_enrolment(body, reader)
    elif kind == TRANSACTION:
        parsed = _parse_transaction(body, reader)
    else:
        raise Refused("unknown_kind", "kind " + str(kind))
    reader.finish()
    return parsed


def read(text: str) -> "Login | Enrolment | Transaction":
    """``parse(from_text(text))``."""
    return parse(from_text(text))


def _parse_login(body: bytes, reader: "_Reader") -> Login:
    server_id, session_id, expires = reader.head()
    flags = reader.take(1)[0]
    if flags & ~OTP_ALLOWED:
        raise Refused("bad_payload", "a reserved flag is set")
    server_name = reader.text(MAX_SERVER_NAME)
    hint = reader.text(MAX_HINT)
    return Login(body, server_id, session_id, expires, bool(flags & OTP_ALLOWED), server_name, hint)


def _parse_enrolment(body: bytes, reader: "_Reader") -> Enrolment:
    server_id, enrolment_id, expires = reader.head()
    public_key = reader.take(32)
    server_name = reader.text(MAX_SERVER_NAME)
    account_name = reader.text(MAX_ACCOUNT_NAME)
    url = reader.text(MAX_URL)
    return Enrolment(body, server_id, enrolment_id, expires, public_key, server_name, account_name, url)


def _parse_transaction(body: bytes, reader: "_Reader") -> Transaction:
    server_id, transaction_id, expires = reader.head()
    amount = reader.text(MAX_AMOUNT)
    beneficiary = reader.text(MAX_BENEFICIARY)
    description = reader.text(MAX_DESCRIPTION)
    return Transaction(body, server_id, transaction_id, expires, amount, beneficiary, description)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise Refused("bad_payload", "it is cut short")
        self._at += count
        return piece

    def head(self) -> "tuple[bytes, bytes, int]":
        """What follows the kind in each payload: the server's id, the payload's own, expires."""
        return self.take(8), self.take(16), int.from_bytes(self.take(4), "big")

    def text(self, limit: int) -> str:
        length = self.take(1)[0]
        if length > limit:
            raise Refused("bad_payload", "a text is longer than " + str(limit) + " bytes")
        try:
            return self.take(length).decode("utf-8")
        except UnicodeError:
            raise Refused("bad_payload", "a text is not UTF-8")

    def finish(self) -> None:
        if self._at != len(self._data):
            raise Refused("bad_payload", "bytes are left over")
