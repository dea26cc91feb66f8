"""PBKDF2-HMAC-SHA256 (RFC 8018 §5.2), in slices that let the token's loop go on."""

from sparekey_token.core import digest

try:
    from collections.abc import Generator
except ImportError:
    pass

SLICE = 40
"""Rounds between two yields."""


def stretch(pin: str, salt: bytes, rounds: int) -> "Generator[None, None, bytes]":
    """32 bytes of PBKDF2 with the PIN as its password; yields now and then so that the loop goes on."""
    new = digest.new
    key = int.from_bytes(pin.encode("utf-8"), "big") << 8 * (64 - len(pin))
    # HMAC's two padded keys once for all rounds (RFC 2104 §4)
    inner = (key ^ int.from_bytes(b"\x36" * 64, "big")).to_bytes(64, "big")
    outer = (key ^ int.from_bytes(b"\x5c" * 64, "big")).to_bytes(64, "big")
    block = salt + b"\x00\x00\x00\x01"
    out = 0
    for count in range(rounds):
        block = new("sha256", outer + new("sha256", inner + block).digest()).digest()
        out ^= int.from_bytes(block, "big")
        if count % SLICE == SLICE - 1:
            yield
    return out.to_bytes(32, "big")
