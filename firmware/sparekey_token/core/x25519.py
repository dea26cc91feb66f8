"""X25519 key agreement (RFC 7748 §5) on big integers, for a device that has no other.

Big-integer arithmetic takes a time that depends on the numbers. The token uses a fresh key pair for
each enrolment, after a press, so there is nothing to average over; the server uses a constant-time
library instead.
"""

_P = (1 << 255) - 19
_A24 = 121665
_BASE = bytes((9,)) + bytes(31)


def public_key(private: bytes) -> bytes:
    """The 32-byte public key of a 32-byte private key."""
    return _ladder(private, _BASE)


def shared(private: bytes, peer: bytes) -> bytes:
    """The 32-byte secret shared with the owner of public key ``peer``.

    Raises ``ValueError`` where it would be all zero (RFC 7748 §6.1): a peer that sent a point of
    small order.
    """
    secret = _ladder(private, peer)
    if not any(secret):
        raise ValueError("the public key is of small order")
    return secret


def _ladder(private: bytes, point: bytes) -> bytes:
    if len(private) != 32 or len(point) != 32:
        raise ValueError("X25519 keys have 32 bytes")
    k = int.from_bytes(private, "little") & ((1 << 255) - 8) | 1 << 254
    u = int.from_bytes(point, "little") & ((1 << 255) - 1)
    x2, z2, x3, z3, swapped = 1, 0, u, 1, 0
    for place in range(254, -1, -1):
        bit = k >> place & 1
        if bit != swapped:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = bit
        a = x2 + z2
        b = x2 - z2
        da = (x3 - z3) * a % _P
        cb = (x3 + z3) * b % _P
        x3 = (da + cb) * (da + cb) % _P
        z3 = u * ((da - cb) * (da - cb) % _P) % _P
        aa = a * a % _P
        bb = b * b % _P
        e = aa - bb
        x2 = aa * bb % _P
        z2 = e * (aa + _A24 * e) % _P
    if swapped:
        x2, z2 = x3, z3
    # Fermat, because CircuitPython's pow() can't invert
    return (x2 * pow(z2, _P - 2, _P) % _P).to_bytes(32, "little")
