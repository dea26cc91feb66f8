"""Lines on the serial cable: JSON, a space, the CRC-32 in hex, a newline (docs/protocol.md §7)."""

import binascii
import json

MAX_LINE = 1024
"""Bytes in a line at most, its newline included."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

NAMES = {
    PARSE_ERROR: "parse_error",
    INVALID_REQUEST: "invalid_request",
    METHOD_NOT_FOUND: "method_not_found",
    INVALID_PARAMS: "invalid_params",
    INTERNAL_ERROR: "internal_error",
}
"""``data.name`` of JSON-RPC's own errors."""


class LineFault(Exception):
    """A line or a request that breaks the rules; ``code`` is JSON-RPC's number for it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.name = NAMES[code]
        self.text = text

    def __str__(self) -> str:
        return self.text


def encode(message: dict[str, object]) -> bytes:
    """A whole line with its newline; ``ValueError`` where it would be longer than ``MAX_LINE``."""
    body = _dumps(message).encode("utf-8")
    line = body + (" %08x\n" % (binascii.crc32(body) & 0xFFFFFFFF)).encode("utf-8")
    if len(line) > MAX_LINE:
        raise ValueError("a line has at most " + str(MAX_LINE) + " bytes")
    return line


def decode(line: bytes) -> dict[str, object]:
    """The JSON-RPC object in a line (with or without its newline).

    Raises ``LineFault``: ``PARSE_ERROR`` for a wrong CRC, bad UTF-8 or bad JSON,
    ``INVALID_REQUEST`` for what is no JSON-RPC 2.0 object.
    """
    if line[-1:] == b"\n":
        line = line[:-1]
    if len(line) < 10 or line[-9:-8] != b" ":
        raise LineFault(PARSE_ERROR, "the line has no CRC")
    body = line[:-9]
    if ("%08x" % (binascii.crc32(body) & 0xFFFFFFFF)).encode("utf-8") != line[-8:]:
        raise LineFault(PARSE_ERROR, "the line's CRC is wrong")
    try:
        message = json.loads(body.decode("utf-8"))
    except (ValueError, RuntimeError):  # RuntimeError: nested too deep
        raise LineFault(PARSE_ERROR, "the line is not JSON")
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise LineFault(INVALID_REQUEST, "not a JSON-RPC 2.0 object")
    return message


class Assembler:
    """Puts lines together from whatever pieces the cable brings, in a buffer that never grows."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._dropping = False

    def feed(self, data: bytes) -> None:
        """Takes bytes as they came; take the lines out before feeding more than ``MAX_LINE``."""
        self._buffer.extend(data)

    def next_line(self) -> bytes | None:
        """The next whole line without its newline, or None while there is none.

        Raises ``LineFault`` once for each line longer than ``MAX_LINE``, which is dropped to its
        end. Empty lines are passed over.
        """
        while True:
            end = self._buffer.find(b"\n")
            if end < 0:
                if self._dropping or len(self._buffer) >= MAX_LINE:
                    self._dropping = True
                    self._buffer = bytearray()
                return None
            line = bytes(self._buffer[:end])
            self._buffer = self._buffer[end + 1 :]
            if self._dropping or end >= MAX_LINE:
                self._dropping = False
                raise LineFault(PARSE_ERROR, "the line is longer than " + str(MAX_LINE) + " bytes")
            if line:
                return line

    def clear(self) -> None:
        """Forgets what has come so far: the cable was pulled."""
        self._buffer = bytearray()
        self._dropping = False


def _dumps(message: dict[str, object]) -> str:
    try:
        return json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    except TypeError:  # the device's json writes UTF-8 anyway and has no such argument
        return json.dumps(message, separators=(",", ":"))
