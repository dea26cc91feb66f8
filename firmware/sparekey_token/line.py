"""JSON-RPC on the serial line (docs/protocol.md §7): requests in, answers out, whatever the host does.

Answers wait in a buffer of two lines at most until the host takes them. For a host that doesn't read,
whole lines are dropped, never parts, so that it finds its way when it reads again.
"""

from collections import namedtuple

from .core import frame, messages

Request = namedtuple("Request", ("ident", "method", "values"))
"""A request of a declared method with checked ``values``; ``ident`` is what its answer is told by."""

_HELD = 2 * frame.MAX_LINE
_LONGEST_IDENT = 40


class Line:
    """The token's end of the serial line."""

    def __init__(self, link) -> None:  # type: ignore[no-untyped-def]
        self._link = link
        self._lines = frame.Assembler()
        self._out = b""
        self.connected = False

    def left(self) -> bool:
        """Whether the host has just gone; what it left behind is forgotten."""
        before = self.connected
        self.connected = bool(self._link.connected)
        if before and not self.connected:
            self._lines.clear()
            for _ in range(8):
                if not self._link.read():
                    break
            # if half an answer is on its way, the newline keeps the next one apart from it
            self._out = b"\n"
        return before and not self.connected

    def next_request(self) -> "Request | None":
        """The next request there is; answers by itself what is none."""
        try:
            line = self._lines.next_line()
            if line is None:
                data = self._link.read()
                if not data:
                    return None
                self.connected = True  # a host that came this very moment, after left() looked
                self._lines.feed(data)
                line = self._lines.next_line()
        except frame.LineFault as fault:
            self.fault(None, fault)
            return None
        return None if line is None else self._request(line)

    def _request(self, line: bytes) -> "Request | None":
        ident = None
        try:
            message = frame.decode(line)
            if len(str(message.get("id"))) > _LONGEST_IDENT:
                raise frame.LineFault(frame.INVALID_REQUEST, "the id is too long")
            if isinstance(message.get("id"), (int, str)):
                ident = message.get("id")
            return Request(*messages.check_request(message))
        except frame.LineFault as fault:
            self.fault(ident, fault)
            return None

    def answer(self, ident: object, result: "dict[str, object]") -> None:
        """The result of a request."""
        self._put({"jsonrpc": "2.0", "id": ident, "result": result})

    def refuse(self, ident: object, code: int, name: str, text: str) -> None:
        """An error, by number and name."""
        error = {"code": code, "message": text, "data": {"name": name}}
        self._put({"jsonrpc": "2.0", "id": ident, "error": error})

    def fault(self, ident: object, fault: frame.LineFault) -> None:
        """One of JSON-RPC's own errors."""
        self.refuse(ident, fault.code, fault.name, fault.text)

    def notify(self, method: str, params: "dict[str, object]") -> None:
        """What the token says unasked."""
        self._put({"jsonrpc": "2.0", "method": method, "params": params})

    def _put(self, message: "dict[str, object]") -> None:
        if not self.connected:
            return
        line = frame.encode(message)
        if len(self._out) + len(line) <= _HELD:
            self._out += line
        self.flush()

    def flush(self) -> None:
        """Hands over what the host takes now."""
        if self._out and self.connected:
            self._out = self._out[self._link.write(self._out) :]
