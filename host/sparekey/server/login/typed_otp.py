"""Reads an OTP of any format: the lengths differ, so the length tells which."""

from typing import NamedTuple

from sparekey_token.core import otp

NO_REFERENCE = -1


class TypedOtp(NamedTuple):
    """The two halves; ``reference`` is ``NO_REFERENCE`` where the text can't be an OTP."""

    reference: int
    code: str
    format: str


_BY_LENGTH = {shape.reference + shape.code: name for name, shape in otp.FORMATS.items()}


def read(text: str) -> TypedOtp:
    """What was typed; never raises, for a malformed OTP is refused like any wrong one."""
    typed = text.replace(" ", "").replace("-", "")
    name = _BY_LENGTH.get(len(typed), "")
    try:
        reference, code = otp.split(typed, name)
    except ValueError:
        return TypedOtp(NO_REFERENCE, "", otp.DEFAULT)
    return TypedOtp(reference, code, name)
