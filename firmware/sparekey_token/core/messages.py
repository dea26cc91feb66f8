"""The methods of the serial line, declared once for both ends (docs/protocol.md §7).

A field is ``(name, kind)``; a kind is ``text``, ``int`` (not negative), ``offset`` (an int of either
sign), ``bool``, ``ints``, ``hexN`` (N bytes in hex), ``payload`` (the QR code's text) or ``accounts``;
a ``?`` after it means that it may be left out. The device's ``json`` takes what no standard allows,
so shapes and types are checked here and nowhere else.
"""

from collections import namedtuple

from .frame import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, LineFault

Method = namedtuple("Method", ("params", "result", "at_once"))
"""``at_once``: answered even while another request waits for the user.

In ``hello``, ``offset`` is by how many seconds the clock was last moved, ``drift`` how slow it runs in
parts per million; left out while the token can't tell."""

METHODS = {
    "hello": Method(
        (("versions", "ints"),),
        (
            ("version", "int"),
            ("firmware", "text"),
            ("board", "text"),
            ("token_id", "hex8"),
            ("unix", "int"),
            ("clock", "text"),
            ("locked", "bool"),
            ("pin", "bool"),
            ("accounts", "int"),
            ("capacity", "int"),
            ("offset", "offset?"),
            ("drift", "offset?"),
        ),
        True,
    ),
    "ping": Method((), (), True),
    "session.start": Method(
        (("payload", "payload"),), (("accounts", "accounts"), ("otp", "bool"), ("next", "int?")), False
    ),
    "otp.generate": Method((("index", "int"),), (("otp", "text"),), False),
    "session.stop": Method((), (), False),
    "login.respond": Method(
        (("index", "int"), ("challenge", "hex16")),
        (("ref", "int"), ("flags", "int"), ("proof", "hex32")),
        False,
    ),
    "time.challenge": Method((("server_id", "hex8"),), (("nonce", "hex16"), ("ref", "int")), False),
    "time.set": Method((("unix", "int"), ("proof", "hex32?")), (("offset", "offset"),), False),
    "enrol.begin": Method((("payload", "payload"),), (("commitment", "hex32"),), False),
    "enrol.reveal": Method(
        (("server_nonce", "hex16"),),
        (("public_key", "hex32"), ("token_nonce", "hex16"), ("pin", "int"), ("proof", "hex32")),
        False,
    ),
    "enrol.finish": Method(
        (("ref", "int"), ("format", "text"), ("unix", "int"), ("proof", "hex32")),
        (("index", "int"),),
        False,
    ),
    "accounts.list": Method((("from", "int?"),), (("accounts", "accounts"), ("next", "int?")), False),
    "accounts.remove": Method((("index", "int"),), (), False),
    "pin.change": Method((), (), False),
    "wipe": Method((), (), False),
    "lock": Method((), (), False),
    "cancel": Method((), (), True),
}

NOTIFICATIONS = {"waiting": (("for", "text"), ("seconds", "int"))}
"""What the token says unasked: it waits for ``button`` or ``pin``, for so many seconds."""


def check_request(message: dict[str, object]) -> "tuple[object, str, dict[str, object]]":
    """``(id, method, values)`` of a request, hex fields as bytes.

    Raises ``LineFault`` where it isn't one, names no method of §7 or has other params.
    """
    ident = message.get("id")
    method = message.get("method")
    if not (_is_int(ident) or isinstance(ident, str)) or not isinstance(method, str):
        raise LineFault(INVALID_REQUEST, "a request needs an id and a method")
    if method not in METHODS:
        raise LineFault(METHOD_NOT_FOUND, "no such method")
    return ident, method, check(METHODS[method].params, message.get("params", {}))


def check(fields: "tuple[tuple[str, str], ...]", values: object) -> "dict[str, object]":
    """``values`` checked against a declaration, hex turned into bytes, left-out fields as None.

    Raises ``LineFault`` (``INVALID_PARAMS``) naming the field that is wrong, never its value.
    """
    if not isinstance(values, dict):
        raise LineFault(INVALID_PARAMS, "not an object")
    checked: dict[str, object] = {}
    known = 0
    for name, kind in fields:
        optional = kind[-1] == "?"
        if name in values:
            known += 1
            value = values[name]
            if not (optional and value is None):
                value = _convert(kind[:-1] if optional else kind, value)
                if value is None:
                    raise LineFault(INVALID_PARAMS, name + " is not of its kind")
        elif optional:
            value = None
        else:
            raise LineFault(INVALID_PARAMS, name + " is missing")
        checked[name] = value
    if known != len(values):
        raise LineFault(INVALID_PARAMS, "a field too many")
    return checked


def to_wire(fields: "tuple[tuple[str, str], ...]", values: "dict[str, object]") -> "dict[str, object]":
    """``values`` as they travel: bytes in hex, fields that are None left out."""
    out: dict[str, object] = {}
    for name, _ in fields:
        value = values.get(name)
        if isinstance(value, (bytes, bytearray)):
            out[name] = value.hex()
        elif value is not None:
            out[name] = value
    return out


def _convert(kind: str, value: object) -> object:
    """The value as its kind has it, or None where it isn't of that kind."""
    if kind == "text" or kind == "payload":
        return value if isinstance(value, str) else None
    if kind == "int":
        return value if _is_int(value) and value >= 0 else None  # type: ignore[operator]
    if kind == "offset":
        return value if _is_int(value) else None
    if kind == "bool":
        return value if value is True or value is False else None
    if kind == "ints":
        if not isinstance(value, list):
            return None
        return value if all([_is_int(item) for item in value]) else None
    if kind == "accounts":
        return value if isinstance(value, list) and all([_is_account(item) for item in value]) else None
    return _unhex(value, int(kind[3:]))


def _is_int(value: object) -> bool:
    # on the device a bool is no int, on CPython it is one
    return isinstance(value, int) and value is not True and value is not False


def _is_account(value: object) -> bool:
    if not isinstance(value, dict) or not _is_int(value.get("index")):
        return False
    return isinstance(value.get("name"), str) and isinstance(value.get("server", ""), str)


def _unhex(value: object, length: int) -> bytes | None:
    if not isinstance(value, str) or len(value) != 2 * length:
        return None
    for character in value:
        if character not in "0123456789abcdefABCDEF":
            return None
    return bytes.fromhex(value)
