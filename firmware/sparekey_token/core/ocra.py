"""OCRA, the OATH challenge-response algorithm (RFC 6287), in all its suites but the mutual sessions."""

from . import digest

_HASHES = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}

_BLOCKS = {"sha1": 64, "sha256": 64, "sha512": 128}
"""Bytes a hash takes at a time, which HMAC pads its key to (RFC 2104 §2)."""


def ocra(
    suite: str,
    key: bytes,
    question: str,
    *,
    counter: int | None = None,
    pin: str | None = None,
    session: bytes | None = None,
    t: int | None = None,
) -> str:
    """The response to ``question`` under ``key``: digits, or the whole MAC as bytes with truncation 0.

    ``suite`` is as in RFC 6287 §6 (``OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S064-T1M``). ``question`` is
    decimal digits for QN, text for QA, hex digits for QH; ``counter`` the 8-byte counter C, ``pin``
    the PIN's text (hashed here), ``session`` the session information (bytes, zero-padded on the
    left), ``t`` the number of time steps since 1970. Raises ``ValueError`` for a suite or an input
    that the RFC doesn't have, and for an input missing or given in vain.
    """
    name, digits, fields = _parse(suite)
    message = [suite.encode("utf-8"), b"\x00"]
    wanted = [field[0] for field in fields]
    for letter, value in (("C", counter), ("P", pin), ("S", session), ("T", t)):
        if (value is not None) != (letter in wanted):
            raise ValueError("the suite and the inputs disagree about " + letter)
    for field in fields:
        message.append(_input(field, question, counter, pin, session, t))
    mac = hmac(name, key, b"".join(message))
    if digits == 0:
        return mac  # type: ignore[return-value]
    return truncate(mac, digits)


def hmac(name: str, key: bytes, data: bytes) -> bytes:
    """HMAC of ``data`` under ``key`` with the hash called ``name`` (RFC 2104)."""
    block = _BLOCKS[name]
    if len(key) > block:
        key = digest.new(name, key).digest()
    padded = key + bytes(block - len(key))
    inner = digest.new(name, bytes([byte ^ 0x36 for byte in padded]) + data).digest()
    mac: bytes = digest.new(name, bytes([byte ^ 0x5C for byte in padded]) + inner).digest()
    return mac


def truncate(mac: bytes, digits: int) -> str:
    """The dynamic truncation of RFC 4226 §5.3: 31 bits of ``mac`` as that many decimal digits."""
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return ("%010d" % number)[-digits:]


def _parse(suite: str) -> tuple[str, int, list[str]]:
    parts = suite.split(":")
    if len(parts) != 3 or parts[0] != "OCRA-1":
        raise ValueError("not an OCRA-1 suite")
    function = parts[1].split("-")
    if len(function) != 3 or function[0] != "HOTP" or function[1] not in _HASHES:
        raise ValueError("not a HOTP function: " + parts[1])
    digits = _number(function[2])
    if function[2] != str(digits) or not (digits == 0 or 4 <= digits <= 10):
        raise ValueError("not a truncation: " + function[2])
    fields = parts[2].split("-")
    # the order is the RFC's: [C] | Q | [P | S | T]
    order = [field[:1] for field in fields]
    if order != [letter for letter in "CQPST" if letter in order] or "Q" not in order:
        raise ValueError("not a data input: " + parts[2])
    for field in fields:
        _check(field)
    return _HASHES[function[1]], digits, fields


def _check(field: str) -> None:
    kind = field[0]
    if kind == "C":
        good = field == "C"
    elif kind == "Q":
        good = len(field) == 4 and field[1] in "NAH" and 4 <= _number(field[2:]) <= 64
    elif kind == "P":
        good = field[1:] in _HASHES
    elif kind == "S":
        good = field == "S" or (len(field) == 4 and 1 <= _number(field[1:]) <= 512)
    else:
        limit = {"S": 59, "M": 59, "H": 48}.get(field[-1:], 0)
        good = len(field) > 2 and field[1] != "0" and 1 <= _number(field[1:-1]) <= limit
    if not good:
        raise ValueError("not a data input: " + field)


def _number(text: str) -> int:
    if not text:
        return -1
    for character in text:
        if character not in "0123456789":
            return -1
    return int(text)


def _input(
    field: str, question: str, counter: int | None, pin: str | None, session: bytes | None, t: int | None
) -> bytes:
    kind = field[0]
    if kind == "Q":
        return _question(field, question)
    if kind == "P":
        assert pin is not None
        hashed: bytes = digest.new(_HASHES[field[1:]], pin.encode("utf-8")).digest()
        return hashed
    if kind == "S":
        assert session is not None
        length = _number(field[1:]) if len(field) > 1 else 64
        if len(session) > length:
            raise ValueError("the session information is longer than the suite's " + str(length))
        return bytes(length - len(session)) + session
    number = counter if kind == "C" else t
    assert number is not None
    if number < 0 or number >> 64:
        raise ValueError(kind + " doesn't fit 8 bytes")
    return number.to_bytes(8, "big")


def _question(field: str, question: str) -> bytes:
    # a mutual challenge is two questions joined (RFC 6287 §7.3), so up to twice the suite's length
    if not 1 <= len(question) <= 2 * _number(field[2:]):
        raise ValueError("the question's length doesn't fit the suite")
    if field[1] == "A":
        raw = question.encode("utf-8")
    else:
        if field[1] == "N":
            if _number(question) < 0:
                raise ValueError("the question must be decimal digits")
            question = "%x" % int(question)
        for character in question:
            if character not in "0123456789abcdefABCDEF":
                raise ValueError("the question must be hex digits")
        raw = bytes.fromhex(question + ("0" if len(question) % 2 else ""))
    if len(raw) > 128:
        raise ValueError("the question is longer than 128 bytes")
    return raw + bytes(128 - len(raw))
