"""Encryption at rest: a key stream of HMAC-SHA256 in counter mode, then an HMAC over what came out.

Why so: HMAC-SHA256 is what every interpreter here has or gets; there is no AES on some boards, and none
that is safe from timing in Python. As a pseudo-random function in counter mode it is a stream cipher
(NIST SP 800-108's construction); encrypt-then-MAC is authenticated encryption whatever the cipher
(Bellare and Namprempre 2000). A serial number used once takes the place of a nonce. Tags are 64 bits:
whoever alters the medium has one try at each unlocking, not 2^64.
"""

import struct

from sparekey_token.core import digest

KEY = 32
TAG = 8


class Keys:
    """The three keys of an unlocked vault, for as long as one operation needs them."""

    def __init__(self, vault_key: "bytes | bytearray") -> None:
        self._key = vault_key
        self._names = b""
        self._account_keys = digest.hmac_sha256(self._key, b"sparekey/1 vault account keys")
        self._tags = digest.hmac_sha256(self._key, b"sparekey/1 vault tags")

    def name(self, serial: int, text: bytes) -> bytes:
        """A name's bytes encrypted, or decrypted: the same."""
        if not self._names:  # a one-time password needs none
            self._names = digest.hmac_sha256(self._key, b"sparekey/1 vault names")
        return xor(text, _stream(self._names, serial, len(text)))

    def account_key(self, serial: int, key: bytes) -> bytes:
        """An account key encrypted, or decrypted: the same."""
        return xor(key, _stream(self._account_keys, serial, len(key)))

    def tag(self, kind: int, sealed: bytes) -> bytes:
        """The tag of a record's type and payload up to the tag."""
        return digest.hmac_sha256(self._tags, bytes((kind,)) + sealed)[:TAG]

    def genuine(self, kind: int, payload: bytes) -> bool:
        """Whether a record's payload ends with its tag."""
        return digest.equal(self.tag(kind, payload[:-TAG]), payload[-TAG:])


def _stream(key: bytes, serial: int, length: int) -> bytes:
    out = b""
    while len(out) < length:
        out += _block(key, serial, len(out) // 32)
    return out[:length]


def _block(key: bytes, serial: int, count: int) -> bytes:
    return digest.hmac_sha256(key, struct.pack(">HB", serial, count))


def xor(left: bytes, right: bytes) -> bytes:
    """Two byte strings of one length, bit by bit."""
    number = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
    return number.to_bytes(len(left), "big")
