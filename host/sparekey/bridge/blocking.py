"""Drives a login for programs that wait: callbacks come in the thread that calls ``run``."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import ports
from .app_calls import AppCall
from .errors import BridgeError, TokenError, TokenGone
from .events import Outcome, SessionStop
from .life_cycle import (
    AskServer,
    CallToken,
    CancelToken,
    FindToken,
    Login,
    Order,
    StartTimer,
    StopTimer,
    Tell,
)
from .session import Callbacks, Session
from .token import Token

if TYPE_CHECKING:
    from .server_client import ServerClient

# seconds: how often an idle cable is looked at, and what the token may take to end its session
_LOOK_EVERY = 0.5
_LAST_WORDS = 3.0

Happening = Callable[[], list[Order]]


class BlockingDriver:
    """One login with one token; the token and the server are each asked in a thread of their own."""

    def __init__(
        self,
        login: Login,
        token: Token,
        callbacks: Callbacks,
        connect: "Callable[[], ServerClient]",
    ) -> None:
        """``connect`` makes the server's client, in the thread that uses it."""
        self.token = token
        self.session = Session(login, self._post)
        self._login = login
        self._callbacks = callbacks
        self._connect = connect
        self._inbox: queue.SimpleQueue[Happening] = queue.SimpleQueue()
        self._timers: dict[str, float] = {}
        self._to_token: queue.SimpleQueue[CallToken | FindToken | None] = queue.SimpleQueue()
        self._to_server: queue.SimpleQueue[AskServer | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._outcome = Outcome.STOPPED

    def run(self) -> Outcome:
        """The whole login; an interruption (Ctrl-C) stops it on the token too."""
        token_thread = threading.Thread(target=self._work_token, daemon=True)
        token_thread.start()
        threading.Thread(target=self._work_server, daemon=True).start()
        try:
            self._perform(self._login.begin())
            while not self._login.finished:
                self._perform(self._next()())
        finally:
            self._perform(self._login.stop())
            self._ended.set()
            self._to_token.put(None)
            self._to_server.put(None)
            token_thread.join(_LAST_WORDS)
        return self._outcome

    def _post(self, happening: Happening) -> None:
        self._inbox.put(happening)

    def _next(self) -> Happening:
        """What happens next; a pulled cable is noticed here while nothing is asked of the token."""
        while True:
            due = min(self._timers, key=self._timers.__getitem__, default=None)
            left = self._timers[due] - time.monotonic() if due else _LOOK_EVERY
            try:
                return self._inbox.get(timeout=max(0.0, min(left, _LOOK_EVERY)))
            except queue.Empty:
                pass
            if due and self._timers.get(due, 0) <= time.monotonic():
                del self._timers[due]
                return lambda: self._login.timer_fired(due)
            if self._login.token_there and not self._login.token_call and not self.token.plugged():
                return self._login.token_gone

    def _perform(self, orders: list[Order]) -> None:
        for order in orders:
            if isinstance(order, Tell):
                if isinstance(order.event, SessionStop):
                    self._outcome = order.event.outcome
                self._callbacks.tell(self.session, order.event)
            elif isinstance(order, CallToken | FindToken):
                self._to_token.put(order)
            elif isinstance(order, CancelToken):
                self._cancel()
            elif isinstance(order, AskServer):
                self._to_server.put(order)
            elif isinstance(order, StartTimer):
                self._timers[order.timer] = time.monotonic() + order.seconds
            elif isinstance(order, StopTimer):
                self._timers.pop(order.timer, None)

    def _cancel(self) -> None:
        with contextlib.suppress(TokenGone):  # then there is nothing to cancel either
            self.token.cancel()

    def _work_token(self) -> None:
        while (order := self._to_token.get()) is not None:
            if isinstance(order, CallToken):
                self._post(self._called(order))
                continue
            self.token.close()
            found = ports.find_again(self.token.path, self.token.token_id, Token, self._ended)
            if found:
                self.token = found
                self._post(self._login.token_back)

    def _called(self, order: CallToken) -> Happening:
        try:
            result = self.token.perform(order.method, order.params, self._waiting)
        except TokenGone:
            return self._login.token_gone
        except TokenError as error:
            refusal = error
            return lambda: self._login.token_refused(order.call, refusal)
        return lambda: self._login.token_answered(order.call, result)

    def _waiting(self, what: str, seconds: int) -> None:
        self._post(lambda: self._login.token_waiting(what, seconds))

    def _work_server(self) -> None:
        client: ServerClient | None = None
        try:
            while (order := self._to_server.get()) is not None:
                if client is None:
                    client = self._connect()
                self._post(self._asked(client, order.call, order.request))
        finally:
            if client:
                client.close()

    def _asked(self, client: "ServerClient", call: int, request: AppCall) -> Happening:
        try:
            answer = client.ask(request)
        except BridgeError as error:
            failure = error
            return lambda: self._login.server_failed(call, failure)
        return lambda: self._login.server_answered(call, answer)
