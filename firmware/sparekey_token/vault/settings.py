"""Small numbers that the vault keeps by name: how a SETTINGS record spells them.

An entry is ``number(1) value(4)`` for a name in ``NAMES``, ``0x80|length(1) name value(4)`` for another.
"""

import struct

NAMES = (
    "brightness",
    "time_out",
    "proof_sum",
    "proof_at",
    "set_first",
    "set_at",
    "set_sum",
    "set_last",
    "back_from",
)
"""Names worth one byte: a name's number is its place here, and a name no longer used keeps its place."""

ENTRY = 5
"""Bytes of an entry for a name in ``NAMES``."""

_SPELLED = 0x80
_PIECE = 200


def encode(values: "dict[str, int]") -> "list[bytes]":
    """The payloads of the SETTINGS records for ``values``, sorted by name.

    ``ValueError`` for a value of more than 32 bits (signed) or a name of more than 24 bytes.
    """
    payloads = []
    payload = b""
    for name in sorted(values):
        if not -(1 << 31) <= values[name] < 1 << 31:
            raise ValueError("a setting has 32 bits")
        if name in NAMES:
            head = bytes((NAMES.index(name),))
        else:
            spelled = name.encode("utf-8")
            if len(spelled) > 24:
                raise ValueError("a setting's name has at most 24 bytes")
            head = bytes((_SPELLED | len(spelled),)) + spelled
        payload += head + struct.pack(">i", values[name])
        if len(payload) > _PIECE:
            payloads.append(payload)
            payload = b""
    if payload:
        payloads.append(payload)
    return payloads


def decode(payload: bytes) -> "dict[str, int]":
    """What a SETTINGS record sets; numbers of a later version are passed over."""
    found: dict[str, int] = {}
    place = 0
    while place + ENTRY <= len(payload):
        number = payload[place]
        place += 1
        name = ""
        if number & _SPELLED:
            length = number & ~_SPELLED
            try:
                name = payload[place : place + length].decode("utf-8")
            except UnicodeError:
                return found
            place += length
        elif number < len(NAMES):
            name = NAMES[number]
        if name and place + 4 <= len(payload):
            found[name] = struct.unpack(">i", payload[place : place + 4])[0]
        place += 4
    return found
