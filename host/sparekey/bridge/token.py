"""The token at the other end of the cable: its methods as calls (docs/protocol.md §7)."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from sparekey_token.core import frame, messages

from . import ports, replies
from .errors import TokenGarbled, TokenGone, TokenRefused, TokenSilent

PATIENCE = 10.0
"""Seconds that a token may work without a word; a ``waiting`` notification starts its own time."""

_GRACE = 5.0
_POLL = 0.25
_MOST_ACCOUNTS = 1000  # more than any chip holds

Waiting = Callable[[str, int], None]
"""Told what the token waits for (``button`` or ``pin``) and for how many seconds."""


class Line(Protocol):
    """What a token client needs of a cable."""

    path: str

    def read(self, seconds: float) -> bytes: ...
    def write(self, data: bytes) -> None: ...
    def plugged(self) -> bool: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Hello:
    """What a token says of itself; ``unix`` is its clock in seconds, ``clock`` ``set`` or ``unset``."""

    version: int
    firmware: str
    board: str
    token_id: bytes
    unix: int
    clock: str
    locked: bool
    pin: bool
    accounts: int
    capacity: int
    offset: int | None = None
    """Seconds by which the clock was last moved."""
    drift: int | None = None
    """Parts per million that the clock runs slow."""


class Token:
    """One token; calls block. ``cancel`` alone may be called from another thread."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._lines = frame.Assembler()
        self._idents = itertools.count(1)
        self._writing = threading.Lock()
        self._fresh = True
        self.token_id = b""
        # an empty line first: it ends whatever half a line another program left behind
        self._begin = b"\n"

    @classmethod
    def open(cls, port: str | None = None) -> Self:
        """The token at ``port`` (a path, or a token's id), or the only one there is.

        Raises ``NoToken``, ``SeveralTokens`` or one of the port's errors.
        """
        return ports.find(port, cls)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> str:
        """The port's name."""
        return self._line.path

    def plugged(self) -> bool:
        """Whether the token is still there, as far as the cable tells without asking it."""
        return self._line.plugged()

    def close(self) -> None:
        """Lets the port go."""
        self._line.close()

    def hello(self, patience: float = PATIENCE) -> Hello:
        """What the token says of itself."""
        said = Hello(**self.call("hello", {"versions": [1]}, patience=patience))
        if said.version != 1:
            raise TokenGarbled(f"it speaks version {said.version} of the protocol")
        self.token_id = said.token_id
        return said

    def start_session(self, payload: str, waiting: Waiting | None = None) -> dict[str, Any]:
        """``session.start``, with the accounts that did not fit one line (docs/protocol.md §7)."""
        result = self.call("session.start", {"payload": payload}, waiting)
        if result["next"] is not None and result["accounts"]:
            known = result["accounts"][0]["index"]
            listed = self._listed(known)
            server = listed[0].get("server") if listed else None
            result["accounts"] = [one for one in listed if one.get("server") == server]
        if not result["accounts"]:
            raise TokenGarbled("session.start: no account, and no refusal")
        return result

    def perform(
        self, method: str, params: dict[str, object], waiting: Waiting | None = None
    ) -> dict[str, Any]:
        """``call``, and for ``session.start`` all of the server's accounts."""
        if method == "session.start":
            return self.start_session(str(params["payload"]), waiting)
        return self.call(method, params, waiting)

    def ping(self) -> None:
        """Asks for a sign of life."""
        self.call("ping")

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts: ``index``, ``server``, ``name``; ``TokenRefused`` (``locked``) while locked."""
        return self._listed(None)

    def _listed(self, start: int | None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.call("accounts.list", {"from": start})
            found += answer["accounts"]
            following = answer["next"]
            if following is None:
                return found
            if (start is not None and following <= start) or len(found) > _MOST_ACCOUNTS:
                raise TokenGarbled("accounts.list: it has no end")
            start = following

    def call(
        self,
        method: str,
        params: dict[str, object] | None = None,
        waiting: Waiting | None = None,
        patience: float = PATIENCE,
    ) -> dict[str, Any]:
        """The result of a method of docs/protocol.md §7, hex fields as bytes.

        ``waiting`` is told when the token waits for its person. Raises ``TokenRefused``,
        ``TokenSilent`` after ``patience`` seconds without a word, ``TokenGone``, ``TokenGarbled``.
        An interruption (Ctrl-C) cancels the request on the token too.
        """
        try:
            result = self._ask(method, params or {}, waiting, patience)
        except TokenRefused as refusal:
            if refusal.name != "busy" or not self._fresh:
                raise
            # the port is ours alone, so whoever asked that has gone without cancelling
            self._fresh = False
            self._ask("cancel", {}, None, patience)
            result = self._ask(method, params or {}, waiting, patience)
        except (TokenSilent, KeyboardInterrupt):
            with contextlib.suppress(TokenGone):
                self.cancel()
            raise
        if not messages.METHODS[method].at_once:
            self._fresh = False
        return result

    def cancel(self) -> None:
        """Ends the request that waits, which is then ``declined``."""
        self._send(f"cancel-{next(self._idents)}", "cancel", {})

    def _ask(
        self, method: str, params: dict[str, object], waiting: Waiting | None, patience: float
    ) -> dict[str, Any]:
        ident = next(self._idents)
        self._send(ident, method, params)
        deadline = time.monotonic() + patience
        while True:
            message = self._next_message(deadline)
            if message.get("method") == "waiting":
                what, seconds = replies.notification(message)
                deadline = time.monotonic() + seconds + _GRACE
                if waiting:
                    waiting(what, seconds)
            elif message.get("id") == ident and "method" not in message:  # a modem sends requests back
                return replies.result(method, message)

    def _send(self, ident: int | str, method: str, params: dict[str, object]) -> None:
        wire = messages.to_wire(messages.METHODS[method].params, params)
        line = frame.encode({"jsonrpc": "2.0", "id": ident, "method": method, "params": wire})
        with self._writing:
            self._line.write(self._begin + line)
            self._begin = b""

    def _next_message(self, deadline: float) -> dict[str, Any]:
        """The next whole message; what is no message (noise, half a line) is passed over."""
        while True:
            try:
                line = self._lines.next_line()
                if line is not None:
                    return frame.decode(line)
            except frame.LineFault:
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                raise TokenSilent(self._line.path)
            self._lines.feed(self._line.read(min(left, _POLL)))
