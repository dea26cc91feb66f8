"""One record of the log: ``type(1) length(1) payload crc(3)``.

The CRC is the low 24 bits of a CRC-32 over the home's sequence number, the record's place in it, length,
payload and type, so that what an older generation or another place left never passes for a record.
The type byte is written last: while it is 0xFF the record isn't there yet (``Log.append``).
"""

import binascii
import struct

OVERHEAD = 5
"""Bytes of a record beside its payload."""

LONGEST = 254
"""Bytes of a payload at most; 255 is what an erased length byte says."""

KEY = 0x01
"""The vault's key, wrapped: ``flags(1) rounds(4) salt(16) key(32) tag(8)``."""
HAS_PIN = 0x01
"""Flag bit 0 of a KEY record: a PIN is needed to unwrap it."""
TRIES = 0x02
"""PIN attempts since the last right one: ``used(1)``."""
SERVER = 0x03
"""``number(1) id(8) public_key(32) serial(2) name tag(8)``; name encrypted."""
REMOVED = 0x04
"""An account is gone: ``index(1)``."""
SETTINGS = 0x05
"""Some settings' values, as ``settings.py`` spells them."""
INTERVAL = 0x06
"""The highest OTP interval used: ``t(4)``."""
SKIP = 0x07
"""What lies before this, from ``start(2)`` on, is a write that a cut has torn."""
ACCOUNT = 0x40
"""``0x40 | index``: ``server|pin<<7 (1) serial(2) format<<30|reference (4) name key(32) tag(8)``;
from the reference on encrypted."""

ACCOUNTS = 64
"""Accounts at most."""

_SHORTEST = bytes((0, 61, 1, 51, 1, 5, 4, 2, 47))
_LONGEST = bytes((0, 61, 1, 75, 1, LONGEST, 4, 2, 71))
"""Bytes of a payload by its type, accounts last; what has others is damaged or made by someone else."""

_KNOWN = bytes(
    [KEY, TRIES, SERVER, REMOVED, SETTINGS, INTERVAL, SKIP] + list(range(ACCOUNT, ACCOUNT + ACCOUNTS))
)


def encode(seq: int, place: int, kind: int, payload: bytes) -> bytes:
    """The record's bytes at ``place`` in the generation ``seq``; ``ValueError`` where it is too long."""
    if len(payload) > LONGEST:
        raise ValueError("a record's payload has at most 254 bytes")
    body = bytes((len(payload),)) + payload
    crc = _crc(_crc_before_type(seq, place, body), kind)
    return bytes((kind,)) + body + crc.to_bytes(3, "big")


def decode(seq: int, place: int, data: bytes) -> "tuple[int, bytes] | None":
    """``(type, payload)`` of the record that starts ``data``, or None where there is no whole one.

    A type byte that a cut left with some of its bits still to be cleared is read as the type whose
    CRC fits: all the rest was written before it.
    """
    length = data[1]
    if length > LONGEST or len(data) < OVERHEAD + length:
        return None
    before = _crc_before_type(seq, place, data[1 : 2 + length])
    crc = int.from_bytes(data[2 + length : OVERHEAD + length], "big")
    payload = data[2 : 2 + length]
    if data[0] in _KNOWN and _crc(before, data[0]) == crc:
        return _checked(data[0], payload)
    for kind in _KNOWN:
        if data[0] & kind == kind and _crc(before, kind) == crc:
            return _checked(kind, payload)
    return None


def _checked(kind: int, payload: bytes) -> "tuple[int, bytes] | None":
    row = min(kind, SKIP + 1)
    return (kind, payload) if _SHORTEST[row] <= len(payload) <= _LONGEST[row] else None


def _crc_before_type(seq: int, place: int, body: bytes) -> int:
    return binascii.crc32(body, binascii.crc32(struct.pack(">IH", seq, place)))


def _crc(before: int, kind: int) -> int:
    return binascii.crc32(bytes((kind,)), before) & 0xFFFFFF
