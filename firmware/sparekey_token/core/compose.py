"""The bytes and texts of QR codes, for whoever shows them (docs/protocol.md §2); ``payload`` reads them."""

from . import crock32, digest, payload


def login_body(
    server_id: bytes, session_id: bytes, expires: int, otp_allowed: bool, server_name: str, hint: str
) -> bytes:
    """The bytes of a login payload, the check included; ``ValueError`` where a field doesn't fit."""
    return _checked(
        _head(payload.LOGIN, server_id, session_id, expires)
        + bytes((payload.OTP_ALLOWED if otp_allowed else 0,))
        + _text(server_name, payload.MAX_SERVER_NAME)
        + _text(hint, payload.MAX_HINT)
    )


def enrolment_body(
    server_id: bytes,
    enrolment_id: bytes,
    expires: int,
    server_public_key: bytes,
    server_name: str,
    account_name: str,
    server_url: str,
) -> bytes:
    """The bytes of an enrolment payload, the check included; ``ValueError`` where a field doesn't fit."""
    return _checked(
        _head(payload.ENROLMENT, server_id, enrolment_id, expires)
        + _fixed(server_public_key, 32)
        + _text(server_name, payload.MAX_SERVER_NAME)
        + _text(account_name, payload.MAX_ACCOUNT_NAME)
        + _text(server_url, payload.MAX_URL)
    )


def transaction_body(
    server_id: bytes, transaction_id: bytes, expires: int, amount: str, beneficiary: str, description: str
) -> bytes:
    """The bytes of a transaction payload, the check included; ``ValueError`` where a field doesn't fit."""
    return _checked(
        _head(payload.TRANSACTION, server_id, transaction_id, expires)
        + _text(amount, payload.MAX_AMOUNT)
        + _text(beneficiary, payload.MAX_BENEFICIARY)
        + _text(description, payload.MAX_DESCRIPTION)
    )


def to_text(body: bytes) -> str:
    """The text of the QR code for a payload's bytes."""
    return payload.SCHEME + crock32.encode_bytes(body)


def _checked(fields: bytes) -> bytes:
    return fields + digest.sha256(fields)[: payload.CHECK]


def _head(kind: int, server_id: bytes, ident: bytes, expires: int) -> bytes:
    return bytes((kind,)) + _fixed(server_id, 8) + _fixed(ident, 16) + _time(expires)


def _fixed(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise ValueError("a field must have " + str(length) + " bytes")
    return bytes(data)


def _time(unix: int) -> bytes:
    if not 0 <= unix < 1 << 32:
        raise ValueError("a time must fit 4 bytes")
    return unix.to_bytes(4, "big")


def _text(text: str, limit: int) -> bytes:
    data = text.encode("utf-8")
    if len(data) > limit:
        raise ValueError("a text must have at most " + str(limit) + " bytes of UTF-8")
    return bytes((len(data),)) + data
