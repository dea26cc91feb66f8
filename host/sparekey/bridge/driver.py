"""What every driver of a login does: performs its orders and keeps its timers."""

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from .errors import TokenError, TokenGone
from .events import Outcome, SessionStop
from .life_cycle import (
    AskServer,
    CallToken,
    CancelToken,
    DropServer,
    FindToken,
    Login,
    Order,
    StartTimer,
    StopTimer,
    Tell,
)
from .session import Callbacks, Session
from .token import Token

LOOK_EVERY = 0.5
"""Seconds between looks at an idle cable."""

LAST_WORDS = 3.0
"""Seconds that the token may take to end its session."""

Happening = Callable[[], list[Order]]


class Driver(ABC):
    """One login with one token; ``post`` takes what happens, from any thread."""

    def __init__(self, login: Login, token: Token, callbacks: Callbacks) -> None:
        self.token = token
        self.login = login
        self.session = Session(login, self.post)
        self.outcome = Outcome.STOPPED
        self._callbacks = callbacks
        self._timers: dict[str, float] = {}

    @abstractmethod
    def post(self, happening: Happening) -> None:
        """Puts ``happening`` in line."""

    @abstractmethod
    def to_token(self, order: CallToken | FindToken) -> None:
        """Has a call made, or the token found again, without waiting for it."""

    @abstractmethod
    def to_server(self, order: AskServer) -> None:
        """Has a request made, without waiting for it."""

    @abstractmethod
    def drop_server(self) -> None:
        """The request under way is of no interest any more; its answer will be passed over anyway."""

    def perform(self, orders: list[Order]) -> None:
        """Does what the login ordered."""
        for order in orders:
            if isinstance(order, Tell):
                if isinstance(order.event, SessionStop):
                    self.outcome = order.event.outcome
                self._callbacks.tell(self.session, order.event)
            elif isinstance(order, CallToken | FindToken):
                self.to_token(order)
            elif isinstance(order, CancelToken):
                with contextlib.suppress(TokenGone):  # then there is nothing to cancel either
                    self.token.cancel()
            elif isinstance(order, AskServer):
                self.to_server(order)
            elif isinstance(order, DropServer):
                self.drop_server()
            elif isinstance(order, StartTimer):
                self._timers[order.timer] = time.monotonic() + order.seconds
            elif isinstance(order, StopTimer):
                self._timers.pop(order.timer, None)

    def patience(self) -> float:
        """Seconds to wait for something to happen before ``overdue`` has to be asked."""
        due = min(self._timers.values(), default=float("inf")) - time.monotonic()
        return max(0.0, min(due, LOOK_EVERY))

    def overdue(self) -> Happening | None:
        """What is to be told because nothing happened: a timer's end, or a cable pulled unnoticed."""
        due = min(self._timers, key=self._timers.__getitem__, default=None)
        if due is not None and self._timers[due] <= time.monotonic():
            del self._timers[due]
            timer = due
            return lambda: self.login.timer_fired(timer)
        if self.login.token_there and not self.login.token_call and not self.token.plugged():
            return self.login.token_gone
        return None

    def called(self, order: CallToken) -> Happening:
        """Makes a call on the token (this blocks) and gives what came of it."""
        try:
            result = self.token.perform(order.method, order.params, self._waiting)
        except TokenGone:
            return self.login.token_gone
        except TokenError as error:
            refusal = error
            return lambda: self.login.token_refused(order.call, refusal)
        return lambda: self.login.token_answered(order.call, result)

    def _waiting(self, what: str, seconds: int) -> None:
        self.post(lambda: self.login.token_waiting(what, seconds))
