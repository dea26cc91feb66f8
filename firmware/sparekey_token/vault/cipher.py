"""Encryption at rest: a key stream of HMAC-SHA256 in counter mode, then an HMAC over what came out.

Why so: HMAC-SHA256 is what every interpreter here has or gets; there is no AES on some boards, and none
that is safe from timing in Python. As a pseudo-random function in counter mode it is a stream cipher
(NIST SP 800-108's construction); encrypt-then-MAC is authenticated encryption whatever the cipher
(Bellare and Namprempre 2000). A serial number used once takes the place of a nonce. Tags are 64 bits:
whoever alters the medium has one try at each unlocking, not 2^64.

The vault's key is random, and wrapped under a key from device secret and PIN: a new PIN wraps it anew and
no record changes. From it come three keys: for names (and references), for account keys, for tags.
"""

import struct

from sparekey_token.core import digest

KEY = 32
TAG = 8
WRAPPED = 1 + 4 + 16 + KEY + TAG

_HAS_PIN = 0x01


class Keys:
    """The three keys of an unlocked vault, for as long as one operation needs them."""

    def __init__(self, vault_key: "bytes | bytearray") -> None:
        self._key = bytes(vault_key)
        self._names = b""
        self._account_keys = digest.hmac_sha256(self._key, b"sparekey/1 vault account keys")
        self._tags = digest.hmac_sha256(self._key, b"sparekey/1 vault tags")

    def name(self, serial: int, text: bytes) -> bytes:
        """A name's bytes encrypted, or decrypted: the same."""
        if not self._names:  # a one-time password needs none
            self._names = digest.hmac_sha256(self._key, b"sparekey/1 vault names")
        return _xor(text, _stream(self._names, serial, len(text)))

    def account_key(self, serial: int, key: bytes) -> bytes:
        """An account key encrypted, or decrypted: the same."""
        return _xor(key, _stream(self._account_keys, serial, len(key)))

    def tag(self, kind: int, sealed: bytes) -> bytes:
        """The tag of a record's type and payload up to the tag."""
        return digest.hmac_sha256(self._tags, bytes((kind,)) + sealed)[:TAG]

    def genuine(self, kind: int, payload: bytes) -> bool:
        """Whether a record's payload ends with its tag."""
        return digest.equal(self.tag(kind, payload[:-TAG]), payload[-TAG:])


def wrap(secret: bytes, vault_key: bytes, stretched: bytes, salt: bytes, rounds: int) -> bytes:
    """The payload of a KEY record; ``stretched`` is what ``stretch`` made of the PIN, ``b""`` for none."""
    head = bytes((_HAS_PIN if stretched else 0,)) + struct.pack(">I", rounds) + salt
    stream, tags = _wrapping(secret, head, stretched)
    sealed = head + _xor(vault_key, stream)
    return sealed + digest.hmac_sha256(tags, sealed)[:TAG]


def unwrap(secret: bytes, payload: bytes, stretched: bytes) -> bytes | None:
    """The vault's key out of a KEY record, or None where PIN or device secret is another."""
    sealed = payload[:-TAG]
    stream, tags = _wrapping(secret, payload[:21], stretched)
    if not digest.equal(digest.hmac_sha256(tags, sealed)[:TAG], payload[-TAG:]):
        return None
    return _xor(sealed[21:], stream)


def has_pin(payload: bytes) -> bool:
    """Whether a KEY record is wrapped under a PIN."""
    return payload[0] & _HAS_PIN != 0


def stretching(payload: bytes) -> "tuple[bytes, int]":
    """``(salt, rounds)`` of a KEY record."""
    rounds: int = struct.unpack(">I", payload[1:5])[0]
    return payload[5:21], rounds


def _wrapping(secret: bytes, head: bytes, stretched: bytes) -> "tuple[bytes, bytes]":
    key = digest.hmac_sha256(secret, b"sparekey/1 vault key\x00" + head + stretched)
    return digest.hmac_sha256(key, b"stream"), digest.hmac_sha256(key, b"tag")


def _stream(key: bytes, serial: int, length: int) -> bytes:
    out = b""
    while len(out) < length:
        out += _block(key, serial, len(out) // 32)
    return out[:length]


def _block(key: bytes, serial: int, count: int) -> bytes:
    return digest.hmac_sha256(key, struct.pack(">HB", serial, count))


def _xor(left: bytes, right: bytes) -> bytes:
    number = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
    return number.to_bytes(len(left), "big")
