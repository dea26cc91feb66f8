"""How a token and a server agree on an account key through a host they don't trust (docs/protocol.md §6).

The token commits before it sees the server's nonce, so that neither end, nor the host between, can
steer the check code that both show.
"""

from . import crock32, digest
from .proof import mac


def commitment(public_key: bytes, nonce: bytes) -> bytes:
    """The token's 32-byte commitment to its X25519 key and its 16-byte nonce (step 1)."""
    return digest.sha256(b"sparekey/1 commit\x00" + _sized(public_key, 32) + _sized(nonce, 16))


def transcript(body: bytes, committed: bytes, server_nonce: bytes, public_key: bytes, nonce: bytes) -> bytes:
    """The 32-byte hash of all that was said; ``body`` is the enrolment payload's bytes (step 3)."""
    return digest.sha256(
        body + _sized(committed, 32) + _sized(server_nonce, 16) + _sized(public_key, 32) + _sized(nonce, 16)
    )


def account_key(shared: bytes, hashed: bytes) -> bytes:
    """The 32-byte account key from the X25519 secret and the transcript."""
    return digest.hkdf(_sized(shared, 32), hashed, b"sparekey/1 account", 32)


def check_code(shared: bytes, hashed: bytes) -> str:
    """The 6 characters that the token and the web page both show."""
    raw = digest.hkdf(_sized(shared, 32), hashed, b"sparekey/1 check", 32)
    return crock32.encode(int.from_bytes(raw[:4], "big") >> 2, 6)


def token_proof(key: bytes, hashed: bytes, pin: int) -> bytes:
    """The token's 32-byte proof that it has the key; ``pin`` is 1 where it asks for its PIN."""
    return mac(key, b"sparekey/1 token", hashed + bytes((pin,)))


def server_proof(key: bytes, hashed: bytes, reference: int, format: str, unix: int) -> bytes:
    """The server's 32-byte proof, which also vouches for reference, OTP format and time (step 4)."""
    return mac(
        key,
        b"sparekey/1 server",
        hashed + reference.to_bytes(4, "big") + format.encode("utf-8") + b"\x00" + unix.to_bytes(8, "big"),
    )


def _sized(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise ValueError("a field must have " + str(length) + " bytes")
    return bytes(data)
