"""What a home begins with: ``"SK" version(1) wiping(1) seq(4) serial(2) length(2) mac(8) crc(3)``.

It is written after everything else of a compaction; ``length`` tells whether that is all there, on a medium
that rewrites a whole sector for it. ``mac`` is
under the device secret, so that nobody can make a home that looks newer than the token's own.
``wiping`` stays 0xFF, outside CRC and MAC, until a wipe begins; any bit cleared means that it has.
"""

import binascii
import struct

from sparekey_token.core import digest

SIZE = 23
WIPING = 3
"""Place of the wiping byte."""

VALID = 1
ABSENT = 0
FOREIGN = -1
"""Whole, but of another device secret or a later version: not to be read, and not to be erased."""

_MAGIC = b"SK"
_VERSION = 1


def encode(secret: bytes, seq: int, serial: int, length: int) -> bytes:
    """The header of generation ``seq``: serial numbers up to ``serial`` used, ``length`` bytes of records."""
    head = _MAGIC + bytes((_VERSION, 0xFF)) + struct.pack(">IHH", seq, serial, length)
    head += _mac(secret, head)
    return head + _crc(head)


def decode(secret: bytes, data: bytes) -> "tuple[int, int, int, int, bool]":
    """``(VALID | ABSENT | FOREIGN, seq, serial, length, wiping)`` of a home's first ``SIZE`` bytes.

    One bit that has turned is put right: all the rest hangs on the header.
    """
    whole = _mended(data[:WIPING] + b"\xff" + data[WIPING + 1 :])
    if whole is None:
        return ABSENT, 0, 0, 0, False
    head = whole[:-3]
    seq, serial, length = struct.unpack(">IHH", head[4:12])
    if head[2] != _VERSION or not digest.equal(head[12:20], _mac(secret, head[:12])):
        return FOREIGN, seq, serial, length, False
    return VALID, seq, serial, length, data[WIPING] != 0xFF


def _mended(data: bytes) -> bytes | None:
    """A header whose CRC fits, at most one bit away from ``data``."""
    if data[:2] == b"\xff\xff":
        return None
    number = int.from_bytes(data, "big")
    for bit in range(-1, 8 * SIZE):
        tried = (number if bit < 0 else number ^ 1 << bit).to_bytes(SIZE, "big")
        if tried[:2] == _MAGIC and _crc(tried[:-3]) == tried[-3:]:
            return tried
    return None


def _mac(secret: bytes, head: bytes) -> bytes:
    return digest.hmac_sha256(secret, b"sparekey/1 vault header\x00" + head)[:8]


def _crc(head: bytes) -> bytes:
    return (binascii.crc32(head) & 0xFFFFFF).to_bytes(3, "big")
