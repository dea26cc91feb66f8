"""The methods of the serial line, declared once for both ends (docs/protocol.md §7).

A field is ``(name, kind)``; a kind is ``text``, ``int`` (not negative), ``offset`` (an int of either
sign), ``bool``, ``ints``, ``hexN`` (N bytes in hex), ``payload`` (the QR code's text) or ``accounts``;
a ``?`` after it means that it may be left out. The device's ``json`` takes what no standard allows,
so shapes and types are checked here and nowhere else.
"""

from collections import namedtuple

from .frame import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, LineFault

try:
    from collections.abc import Iterator
except ImportError:
    pass

Method = namedtuple("Method", ("params", "result", "at_once"))
"""``at_once``: answered even while another request waits for the user.

In ``hello``, ``offset`` is by how many seconds the clock was last moved, ``drift`` how slow it runs in
parts per million; left out while the token can't tell."""

# a line a method, in one text: a quarter of the heap that a table of them takes
_DECLARED = (
    "\n"
    "hello versions:ints -> version:int firmware:text board:text token_id:hex8 unix:int clock:text "
    "locked:bool pin:bool accounts:int capacity:int offset:offset? drift:offset?\n"
    "ping ->\n"
    "session.start payload:payload -> accounts:accounts otp:bool next:int?\n"
    "otp.generate index:int -> otp:text\n"
    "session.stop ->\n"
    "login.respond index:int challenge:hex16 -> ref:int flags:int proof:hex32\n"
    "time.challenge server_id:hex8 -> nonce:hex16 ref:int\n"
    "time.set unix:int proof:hex32? -> offset:offset\n"
    "transaction.respond payload:payload challenge:hex16 -> ref:int flags:int proof:hex32\n"
    "enrol.begin payload:payload -> commitment:hex32\n"
    "enrol.reveal server_nonce:hex16 -> public_key:hex32 token_nonce:hex16 pin:int proof:hex32\n"
    "enrol.finish ref:int format:text unix:int proof:hex32 -> index:int\n"
    "accounts.list from:int? -> accounts:accounts next:int?\n"
    "accounts.remove index:int ->\n"
    "pin.change ->\n"
    "wipe ->\n"
    "lock ->\n"
    "cancel ->\n"
)
_AT_ONCE = ("hello", "ping", "cancel")


def _fields(declared: str) -> "tuple[tuple[str, str], ...]":
    return tuple([tuple(field.split(":")) for field in declared.split()])  # type: ignore[misc]


class _Methods:
    """A mapping from a method's name to its ``Method``."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._declared(name) is not None

    def __iter__(self) -> "Iterator[str]":
        return iter([line.split(" ")[0] for line in _DECLARED.split("\n") if line])

    def __getitem__(self, name: str) -> Method:
        """``KeyError`` where there is no such method."""
        declared = self._declared(name)
        if declared is None:
            raise KeyError(name)
        params, result = declared.split("->")
        return Method(_fields(params), _fields(result), name in _AT_ONCE)

    def _declared(self, name: str) -> str | None:
        place = _DECLARED.find("\n" + name + " ")
        if place < 0 or " " in name:
            return None
        place += len(name) + 2
        return _DECLARED[place : _DECLARED.find("\n", place)]


METHODS = _Methods()

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
