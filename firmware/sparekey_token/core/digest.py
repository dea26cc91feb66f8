"""SHA-2, HMAC (RFC 2104) and HKDF (RFC 5869) on whatever hash the interpreter has.

CircuitPython has SHA-256 as ``hashlib.new("sha256")`` on some chips and none on others, MicroPython
has ``hashlib.sha256``; what an interpreter lacks comes from ``adafruit_hashlib``, imported only then
(it keeps 8 to 30 KB of heap).
"""

try:
    import hashlib
except ImportError:  # a chip whose firmware has no native hash at all
    hashlib = None  # type: ignore[assignment]

_INNER = int.from_bytes(b"\x36" * 64, "big")
_OUTER = int.from_bytes(b"\x5c" * 64, "big")


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
        if name not in ("sha1", "sha256", "sha512"):
            raise ValueError("no hash is called " + name)
        _constructors[name] = _constructor(name)
    return _constructors[name](data)


def sha256(data: bytes) -> bytes:
    """The 32-byte SHA-256 of ``data`` (FIPS 180-4)."""
    digest: bytes = new("sha256", data).digest()
    return digest


def hmac_sha256(key: "bytes | bytearray", data: bytes) -> bytes:
    """The 32-byte HMAC-SHA256 of ``data`` under ``key`` (RFC 2104)."""
    # one more local variable, and the frame would go on the heap, which takes half as long as the rest
    make = _constructors["sha256"]
    if len(key) > 64:
        key = make(key).digest()
    # whole numbers, because a loop over the bytes takes longer than the hash itself
    padded = int.from_bytes(key, "big") << 8 * (64 - len(key))
    inner = make((padded ^ _INNER).to_bytes(64, "big"))
    inner.update(data)
    outer = make((padded ^ _OUTER).to_bytes(64, "big"))
    outer.update(inner.digest())
    return outer.digest()  # type: ignore[no-any-return]


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """``length`` bytes of HKDF-SHA256 (RFC 5869 §2); an empty ``salt`` is 32 zero bytes."""
    salt = hmac_sha256(salt or bytes(32), ikm)
    return hmac_sha256(salt, info + b"\x01")[:length] if length <= 32 else _expand(salt, info, length)


def _expand(prk: bytes, info: bytes, length: int) -> bytes:
    if length > 255 * 32:
        raise ValueError("HKDF gives at most 8160 bytes")
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
