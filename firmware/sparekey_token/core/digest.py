"""SHA-2, HMAC (RFC 2104) and HKDF (RFC 5869) on whatever hash the interpreter has.

CircuitPython has SHA-256 as ``hashlib.new("sha256")`` on some chips and none on others, MicroPython
has ``hashlib.sha256``; what an interpreter lacks comes from ``adafruit_hashlib``, imported only then
(it keeps 8 to 30 KB of heap).
"""

try:
    import hashlib
except ImportError:  # a chip whose firmware has no native hash at all
    hashlib = None  # type: ignore[assignment]

BLOCK = {"sha1": 64, "sha256": 64, "sha512": 128}
"""Bytes a hash takes at a time, which HMAC pads its key to (RFC 2104 §2)."""

_INNER = {block: int.from_bytes(b"\x36" * block, "big") for block in (64, 128)}
_OUTER = {block: int.from_bytes(b"\x5c" * block, "big") for block in (64, 128)}


def _constructor(name: str):  # type: ignore[no-untyped-def]
    made = getattr(hashlib, name, None)
    if made is not None:
        return made
    if hasattr(hashlib, "new"):
        try:
            hashlib.new(name)
            return lambda data=b"": hashlib.new(name, data)
        except ValueError:
            pass
    if name == "sha256":
        from adafruit_hashlib._sha256 import sha256

        return sha256
    if name == "sha1":
        from adafruit_hashlib._sha1 import sha1

        return sha1
    from adafruit_hashlib._sha512 import sha512

    return sha512


_constructors = {"sha256": _constructor("sha256")}


def new(name: str, data: bytes = b""):  # type: ignore[no-untyped-def]
    """A running hash, ``name`` one of ``sha1 sha256 sha512``; it has ``update`` and ``digest``."""
    if name not in _constructors:
        if name not in BLOCK:
            raise ValueError("no hash is called " + name)
        _constructors[name] = _constructor(name)
    return _constructors[name](data)


def sha256(data: bytes) -> bytes:
    """The 32-byte SHA-256 of ``data`` (FIPS 180-4)."""
    digest: bytes = new("sha256", data).digest()
    return digest


def hmac(name: str, key: bytes, data: bytes) -> bytes:
    """HMAC of ``data`` under ``key`` with the hash called ``name`` (RFC 2104)."""
    block = BLOCK[name]
    if len(key) > block:
        key = new(name, key).digest()
    # whole numbers, because a loop over the bytes takes longer than the hash itself
    padded = int.from_bytes(key, "big") << 8 * (block - len(key))
    inner = new(name, (padded ^ _INNER[block]).to_bytes(block, "big"))
    inner.update(data)
    outer = new(name, (padded ^ _OUTER[block]).to_bytes(block, "big"))
    outer.update(inner.digest())
    mac: bytes = outer.digest()
    return mac


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """The 32-byte HMAC-SHA256 of ``data`` under ``key``."""
    return hmac("sha256", key, data)


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """``length`` bytes of HKDF-SHA256 (RFC 5869 §2); an empty ``salt`` is 32 zero bytes."""
    if length > 255 * 32:
        raise ValueError("HKDF gives at most 8160 bytes")
    prk = hmac_sha256(salt or bytes(32), ikm)
    out = b""
    block = b""
    count = 0
    while len(out) < length:
        count += 1
        block = hmac_sha256(prk, block + info + bytes((count,)))
        out += block
    return out[:length]


def equal(left: bytes, right: bytes) -> bool:
    """Whether two byte strings are the same, in a time that depends on their length alone."""
    if len(left) != len(right):
        return False
    difference = 0
    for place in range(len(left)):
        difference |= left[place] ^ right[place]
    return difference == 0
