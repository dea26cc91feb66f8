"""The one-time password: a login, an account and an interval in 30 to 60 bits (docs/protocol.md §4)."""

from collections import namedtuple

from . import crock32, digest
from .interval import interval

SUITE = "OCRA-1:HOTP-SHA256-0:QH64-T2M"

_BEFORE = SUITE.encode("utf-8") + b"\x00"
_AFTER = bytes(96)

Format = namedtuple("Format", ("reference", "code", "bits", "decimal"))
"""How a format spells an OTP: characters of the reference and of the code, bits of the code, its base."""

FORMATS = {
    "crock32-30": Format(6, 6, 30, False),
    "crock32-40": Format(6, 8, 40, False),
    "crock32-60": Format(6, 12, 60, False),
    "decimal-30": Format(10, 10, 30, True),
}
DEFAULT = "crock32-30"


def otp_key(account_key: bytes) -> bytes:
    """The 32-byte key for OTPs of the account with that key (docs/protocol.md §3)."""
    return digest.hkdf(account_key, b"", b"sparekey/1 otp", 32)


def code(key: bytes, body: bytes, t: int, format: str = DEFAULT) -> str:
    """The code half of the OTP under an *OTP key*, for the login payload ``body`` in interval ``t``.

    Raises ``ValueError`` for an unknown format.
    """
    return _truncated(_mac(key, body, t), _shape(format))


# small functions, whose frames the interpreter keeps on its stack: on the heap, one takes longer than an HMAC


def _mac(key: bytes, body: bytes, t: int) -> bytes:
    # what ocra.ocra(SUITE, …) computes, without keeping that module in a small heap
    return digest.hmac_sha256(key, _BEFORE + digest.sha256(body) + _AFTER + t.to_bytes(8, "big"))


def _truncated(mac: bytes, shape: Format) -> str:
    return _spell(int.from_bytes(mac[:8], "big") >> (64 - shape.bits), shape.code, shape.decimal)


def _first_half(reference: int, shape: Format) -> str:
    if not 0 <= reference < 1 << 30:
        raise ValueError("an account reference has 30 bits")
    return _spell(reference, shape.reference, shape.decimal)


def compute(account_key: bytes, reference: int, body: bytes, unix: int, format: str = DEFAULT) -> str:
    """The OTP of an account for a login payload at a time, its two halves joined without a space.

    ``reference`` is the account's 30-bit number on its server, ``body`` the payload's bytes (its
    check included), ``unix`` seconds. Raises ``ValueError`` for an unknown format or a reference
    of more than 30 bits.
    """
    return _first_half(reference, _shape(format)) + code(otp_key(account_key), body, interval(unix), format)


def shown(otp: str, format: str = DEFAULT) -> str:
    """An OTP as people see it: the reference, a space, the code."""
    half = _shape(format).reference
    return otp[:half] + " " + otp[half:]


def split(text: str, format: str = DEFAULT) -> tuple[int, str]:
    """What a person typed as ``(reference, code)``, the code spelled as ``code`` spells it.

    Case, ``O I L``, spaces and hyphens are read as §1 reads them (decimal formats take digits
    only). Raises ``ValueError`` with the half that is wrong and why.
    """
    shape = _shape(format)
    typed = text.replace(" ", "").replace("-", "")
    if len(typed) != shape.reference + shape.code:
        raise ValueError("an OTP has " + str(shape.reference + shape.code) + " characters")
    reference = _read(typed[: shape.reference], shape.decimal, "the first half: ")
    number = _read(typed[shape.reference :], shape.decimal, "the second half: ")
    if reference >> 30 or number >> shape.bits:
        raise ValueError("the number is too large for an OTP")
    return reference, _spell(number, shape.code, shape.decimal)


def _shape(format: str) -> Format:
    if format not in FORMATS:
        raise ValueError("no OTP format is called " + format)
    return FORMATS[format]


def _spell(number: int, width: int, decimal: bool) -> str:
    if decimal:
        digits = str(number)
        return "0" * (width - len(digits)) + digits
    return crock32.encode(number, width)


def _read(half: str, decimal: bool, which: str) -> int:
    if not decimal:
        try:
            return crock32.decode(half)
        except ValueError as fault:
            raise ValueError(which + str(fault))
    for character in half:
        if character not in "0123456789":
            raise ValueError(which + "not a digit: " + repr(character))
    return int(half)
