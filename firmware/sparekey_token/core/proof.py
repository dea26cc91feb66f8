"""What the token and the server prove to each other with an account's key (docs/protocol.md §3, §5)."""

from . import digest

USER_VERIFIED = 1
"""Flag bit 0 of a login proof: the token verified its user (PIN) for this login."""

DECLINED = 2
"""Flag bit 1 of a transaction's proof: the person said no to it."""


def mac(key: bytes, label: bytes, message: bytes) -> bytes:
    """``MAC(key, label, parts…)`` of §5, the parts already joined in ``message``."""
    return digest.hmac_sha256(key, label + b"\x00" + message)


def time_proof(account_key: bytes, nonce: bytes, unix: int) -> bytes:
    """The server's 32-byte proof that its time is ``unix`` seconds, for a nonce the token made."""
    if len(nonce) != 16:
        raise ValueError("a time nonce has 16 bytes")
    key = digest.hkdf(account_key, b"", b"sparekey/1 time", 32)
    return mac(key, b"sparekey/1 time", nonce + unix.to_bytes(8, "big"))


def login_proof(account_key: bytes, body: bytes, challenge: bytes, flags: int) -> bytes:
    """The token's 32-byte proof for an online login or a transaction: payload bytes, challenge, flags."""
    if len(challenge) != 16:
        raise ValueError("a login challenge has 16 bytes")
    key = digest.hkdf(account_key, b"", b"sparekey/1 login", 32)
    return mac(key, b"sparekey/1 login", digest.sha256(body) + challenge + bytes((flags,)))
