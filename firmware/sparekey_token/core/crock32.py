"""Crockford's base32, for numbers of a fixed width and for bytes (docs/protocol.md §1)."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_LETTERS = ALPHABET.encode("utf-8")

_ALIASES = {"O": 0, "I": 1, "L": 1}


def encode(number: int, width: int) -> str:
    """``number`` as exactly ``width`` characters, most significant first.

    Raises ``ValueError`` where it is negative or needs more than ``5 * width`` bits.
    """
    if number < 0 or number >> (5 * width):
        raise ValueError("the number doesn't fit " + str(width) + " characters")
    text = bytearray(width)
    while width:
        width -= 1
        text[width] = _LETTERS[number & 31]
        number >>= 5
    return str(text, "utf-8")


def decode(text: str) -> int:
    """The number that ``text`` spells; case, ``O I L``, spaces and hyphens as §1 reads them.

    Raises ``ValueError`` for any other character and where nothing is spelled.
    """
    number = 0
    count = 0
    for value in _values(text):
        number = number << 5 | value
        count += 1
    if not count:
        raise ValueError("no characters")
    return number


def encode_bytes(data: bytes) -> str:
    """``data`` most significant bit first, zero bits filling the last character."""
    out = []
    bits = 0
    held = 0
    for byte in data:
        held = (held << 8 | byte) & 0xFFF
        bits += 8
        while bits >= 5:
            bits -= 5
            out.append(ALPHABET[held >> bits & 31])
    if bits:
        out.append(ALPHABET[held << (5 - bits) & 31])
    return "".join(out)


def decode_bytes(text: str) -> bytes:
    """The bytes that ``encode_bytes`` made ``text`` from.

    Raises ``ValueError`` for a strange character, a length that no bytes give, or fill bits that
    are not zero: every run of bytes has one spelling.
    """
    out = bytearray()
    bits = 0
    held = 0
    for value in _values(text):
        held = (held << 5 | value) & 0xFFF
        bits += 5
        if bits >= 8:
            bits -= 8
            out.append(held >> bits & 0xFF)
    if bits >= 5:
        raise ValueError("a character too many")
    if held & ((1 << bits) - 1):
        raise ValueError("the fill bits are not zero")
    return bytes(out)


def _values(text: str):  # type: ignore[no-untyped-def]
    for character in text:
        value = ALPHABET.find(character)
        if value < 0:
            if character in " -":
                continue
            # folded by hand: CPython's upper() turns letters of other scripts into ours
            folded = chr(ord(character) - 32) if "a" <= character <= "z" else character
            value = _ALIASES.get(folded, ALPHABET.find(folded))
        if value < 0:
            raise ValueError("not a Crockford character: " + repr(character))
        yield value
