"""The vault's key, wrapped under device secret and PIN in a KEY record.

The vault's key is random: a new PIN wraps it anew and no other record changes. ``cipher`` makes its three
keys of it.
"""

import struct

from sparekey_token.core import digest

from . import record
from .cipher import KEY, TAG, xor

try:
    from .pin import Lock
    from .store import Store
except ImportError:
    pass

WRAPPED = 1 + 4 + 16 + KEY + TAG
"""Bytes of a KEY record's payload."""


def wrap(secret: bytes, vault_key: bytes, stretched: bytes, salt: bytes, rounds: int) -> bytes:
    """The payload of a KEY record; ``stretched`` is what ``stretch`` made of the PIN, ``b""`` for none."""
    head = bytes((record.HAS_PIN if stretched else 0,)) + struct.pack(">I", rounds) + salt
    stream, tags = _wrapping(secret, head, stretched)
    sealed = head + xor(vault_key, stream)
    return sealed + digest.hmac_sha256(tags, sealed)[:TAG]


def unwrap(secret: bytes, payload: bytes, stretched: bytes) -> bytes | None:
    """The vault's key out of a KEY record, or None where PIN or device secret is another."""
    sealed = payload[:-TAG]
    stream, tags = _wrapping(secret, payload[:21], stretched)
    if not digest.equal(digest.hmac_sha256(tags, sealed)[:TAG], payload[-TAG:]):
        return None
    return xor(sealed[21:], stream)


def make_key(lock: "Lock") -> None:
    """Gives an empty vault its key, under no PIN."""
    vault_key = bytearray(lock.random(KEY))
    wrapped = wrap(lock.secret, bytes(vault_key), b"", lock.random(16), lock.rounds)
    append(lock.store, wrapped)
    lock.vault_key = vault_key


def append(store: "Store", wrapped: bytes) -> None:
    """Adds a KEY record; where no second home can mend it, twice.

    One that turns bad then neither loses the key nor brings back the one before, and its PIN.
    """
    times = 2 if store.homes.second is None else 1
    store.make_room(times * (record.OVERHEAD + len(wrapped)))
    for _ in range(times):
        store.append(record.KEY, wrapped)


def stretching(payload: bytes) -> "tuple[bytes, int]":
    """``(salt, rounds)`` of a KEY record."""
    rounds: int = struct.unpack(">I", payload[1:5])[0]
    return payload[5:21], rounds


def _wrapping(secret: bytes, head: bytes, stretched: bytes) -> "tuple[bytes, bytes]":
    key = digest.hmac_sha256(secret, b"sparekey/1 vault key\x00" + head + stretched)
    return digest.hmac_sha256(key, b"stream"), digest.hmac_sha256(key, b"tag")
