"""Reads what a person typed into the OTP field, and says which half is malformed (docs/protocol.md §4).

A malformed OTP is not sent on: each that is costs one of the session's tries. ``static/otp.js`` tells
the same while the person types; without JavaScript this is what they read.
"""

from sparekey_token.core import crock32, otp


class Malformed(ValueError):
    """The typed text can't be an OTP; the message is a sentence for the person."""


def read(typed: str, expected: str) -> str:
    """The OTP in its shown spelling.

    ``expected`` is the server's format now; accounts from before a change have another, so any
    known format is read, and ``expected`` only decides the words. Raises ``Malformed``.
    """
    halves = typed.replace("-", " ").split()
    text = "".join(halves)
    if not text:
        raise Malformed("Type the one-time password that your token shows.")
    for name in (expected, *otp.FORMATS):
        if name in otp.FORMATS and _fits(text, name):
            return otp.shown(_spelled(text, name), name)
    shape = otp.FORMATS.get(expected) or otp.FORMATS[otp.DEFAULT]
    first, second = halves if len(halves) == 2 else (text[: shape.reference], text[shape.reference :])
    _check("first", first, shape.reference, shape.decimal)
    _check("second", second, shape.code, shape.decimal)
    raise Malformed("That number is too large for a one-time password. Please compare it with the token.")


def _fits(text: str, name: str) -> bool:
    try:
        otp.split(text, name)
    except ValueError:
        return False
    return True


def _spelled(text: str, name: str) -> str:
    reference, code = otp.split(text, name)
    shape = otp.FORMATS[name]
    if shape.decimal:
        return str(reference).rjust(shape.reference, "0") + code
    return str(crock32.encode(reference, shape.reference) + code)


def _check(which: str, half: str, width: int, decimal: bool) -> None:
    for character in half:
        if decimal and character not in "0123456789":
            raise Malformed(f"The {which} half has “{character}” in it: only digits are used.")
        if not decimal and not _crockford(character):
            raise Malformed(f"The {which} half has “{character}” in it, which tokens never show.")
    if len(half) != width:
        raise Malformed(f"The {which} half has {len(half)} characters and needs {width}.")


def _crockford(character: str) -> bool:
    try:
        crock32.decode(character)
    except ValueError:
        return False
    return True
