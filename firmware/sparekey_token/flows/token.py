"""What every flow knows: the token's vault, time, line to the host, and the login under way."""

import os
from collections import namedtuple

from sparekey_token.core.errors import Refused

from . import UNLOCKING, forget
from .timekeeping import Timekeeper
from .view import page

try:
    from collections.abc import Callable

    from sparekey_token.core.payload import Login
    from sparekey_token.line import Line, Request

    from .view import Flow, View
except ImportError:
    pass

PATIENCE = 60
"""Seconds that the token waits for a press."""

_PAGE_MS = 2500
_STEADY_MS = 500
_REMEMBERED = 8

Ended = namedtuple("Ended", ("session_id", "index", "interval"))
"""A login that an OTP was made for: the session, the account's index, the interval."""

Challenge = namedtuple("Challenge", ("nonce", "index", "made"))
"""A nonce for a proof of time: its account's index, and ``ticks`` when it was made."""


class Token:
    """The parts as flows see them, and what one flow leaves for the next."""

    def __init__(self, vault, clock, line: "Line", board: str, token_id: bytes, ticks, random) -> None:  # type: ignore[no-untyped-def]
        """``ticks()`` answers milliseconds that only ever grow, ``random(n)`` n random bytes."""
        self.vault = vault
        self.time = Timekeeper(clock, vault, ticks)
        self.board = board
        self.token_id = token_id
        self.ticks = ticks
        self.random = random or os.urandom
        self.set_brightness: "Callable[[int], object]" = lambda percent: None
        """Tells the screen; the app, which has it, puts it here."""
        self.told = False
        """Whether the person was told what the vault found when it was opened."""
        self.exposed = ""
        """By what a host sees the token's drive and REPL: ``"usb"``, ``"web"``, or nothing."""
        self.session: "Login | None" = None
        self.challenge: "Challenge | None" = None
        self.request: "Request | None" = None
        self.awaits = ""
        """The method that the flow under way waits for; another one ends the flow."""
        self.asking = False
        """Whether the flow under way waits for the person, whom nothing may interrupt."""
        self.steady = 0
        """``ticks`` before which no question of the host's is shown: a press meant for the screen that it
        took the place of must not answer it."""
        self.working = False
        """Whether the flow under way computes, and wants its next turn at once."""
        self.trying = False
        """Whether a PIN is being tried."""
        self.ended: "Refused | None" = None
        """What the host has ended the flow with meanwhile."""
        self.tried = ticks()
        """When the last PIN was tried, or the token was switched on."""
        self._line = line
        self._ended: "list[Ended]" = []

    def put_off(self, refused: Refused) -> bool:
        """Whether the flow ends only once a PIN was tried: the attempt counts already, and may be right."""
        if self.trying:
            self.ended = refused
        return self.trying

    def reply(self, result: "dict[str, object]") -> None:
        """Answers the request that waits."""
        request, self.request = self.request, None
        if request is not None:
            from sparekey_token.core import messages

            self._line.answer(
                request.ident, messages.to_wire(messages.METHODS[request.method].result, result)
            )

    def waiting(self, what: str, seconds: int) -> None:
        """Tells the host, where it waits for an answer, that the person is waited for."""
        if self.request is not None:
            self._line.notify("waiting", {"for": what, "seconds": seconds})

    def replaced(self, view: "View | None") -> None:
        """A request of the host takes the place of ``view``, which somebody may be pressing ok on just now.

        Until a finger that is on its way is down, no question is shown.
        """
        name = "" if view is None else view.name
        if name[:4] != "idle" and name not in ("login.scanned", "enrol.wait"):
            self.steady = self.ticks() + _STEADY_MS

    def ask(self, pages: "tuple[View, ...]", seconds: int = PATIENCE, what: str = "button") -> "Flow":
        """Shows ``pages`` in turn until a button is pressed, and returns which.

        Raises ``Refused`` (``timed_out``) after ``seconds``.
        """
        self.waiting(what, seconds)
        self.asking = True
        try:
            if self.request is not None and self.ticks() < self.steady:
                view = page("request.next", ("", "", "One moment..."))
                while self.ticks() < self.steady:
                    yield view
            begun = self.ticks()
            while True:
                passed = self.ticks() - begun
                button = yield pages[passed // _PAGE_MS % len(pages)]
                if button is not None:
                    return button
                if passed > 1000 * seconds:
                    raise Refused("timed_out")
        finally:
            self.asking = False

    def confirm(self, pages: "tuple[View, ...]", seconds: int = PATIENCE) -> "Flow":
        """``ask`` that returns on ok alone; ``Refused`` (``declined``) on back."""
        while True:
            button = yield from self.ask(pages, seconds)
            if button == "ok":
                return
            if button == "back":
                raise Refused("declined")

    def unlocked(self) -> "Flow":
        """Asks for the PIN where one is due; ``Refused``: ``declined``, ``timed_out``."""
        if self.vault.has_pin and not self.vault.unlocked:
            from . import unlock

            yield from unlock.needed(self)
            forget(UNLOCKING)

    def tell(self, view: "View", seconds: int) -> "Flow":
        """Shows ``view`` until a press or for ``seconds``; a request of the host may take its place."""
        begun = self.ticks()
        while self.ticks() - begun < 1000 * seconds:
            if (yield view) is not None:
                return

    def may_make_otp(self, session_id: bytes, index: int, interval: int) -> bool:
        """Whether an OTP for that session may be made: a new session, or the very same OTP again."""
        for ended in self._ended:
            if ended.session_id == session_id:
                return ended == Ended(session_id, index, interval)
        return True

    def forget(self) -> None:
        """The vault is empty: what it had to do with is over."""
        self.session = None
        self.challenge = None
        self._ended = []

    def end_session(self, index: int, interval: int) -> None:
        """The session under way had its OTP; it needs a new scan."""
        if self.session is not None:
            ended = Ended(self.session.session_id, index, interval)
            if ended not in self._ended:
                self._ended = [ended] + self._ended[: _REMEMBERED - 1]
        self.session = None
