"""Drives a login for programs that wait: callbacks come in the thread that calls ``run``."""

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import ports
from .driver import LAST_WORDS, Driver, Happening
from .errors import BridgeError
from .events import Outcome
from .life_cycle import AskServer, CallToken, FindToken, Login
from .session import Callbacks
from .token import Token

if TYPE_CHECKING:
    from .server_client import ServerClient


class BlockingDriver(Driver):
    """The token and the server are each asked in a thread of their own."""

    def __init__(
        self,
        login: Login,
        token: Token,
        callbacks: Callbacks,
        connect: "Callable[[], ServerClient]",
    ) -> None:
        """``connect`` makes the server's client, in the thread that uses it."""
        super().__init__(login, token, callbacks)
        self._connect = connect
        self._inbox: queue.SimpleQueue[Happening] = queue.SimpleQueue()
        self._token_orders: queue.SimpleQueue[CallToken | FindToken | None] = queue.SimpleQueue()
        self._server_orders: queue.SimpleQueue[AskServer | None] = queue.SimpleQueue()
        self._ended = threading.Event()

    def run(self) -> Outcome:
        """The whole login; an interruption (Ctrl-C) stops it on the token too."""
        token_thread = threading.Thread(target=self._work_token, daemon=True)
        token_thread.start()
        # not waited for at the end: it may hang on a slow server for as long as HTTP's time limit
        threading.Thread(target=self._work_server, daemon=True).start()
        try:
            self.perform(self.login.begin())
            while not self.login.finished:
                self.perform(self._next()())
        finally:
            self.perform(self.login.stop())
            self._ended.set()
            self._token_orders.put(None)
            self._server_orders.put(None)
            token_thread.join(LAST_WORDS)
        return self.outcome

    def post(self, happening: Happening) -> None:
        self._inbox.put(happening)

    def to_token(self, order: CallToken | FindToken) -> None:
        self._token_orders.put(order)

    def to_server(self, order: AskServer) -> None:
        self._server_orders.put(order)

    def drop_server(self) -> None:
        # a thread can't be interrupted: its answer comes too late and is passed over
        pass

    def _next(self) -> Happening:
        while True:
            try:
                return self._inbox.get(timeout=self.patience())
            except queue.Empty:
                happening = self.overdue()
                if happening:
                    return happening

    def _work_token(self) -> None:
        while (order := self._token_orders.get()) is not None:
            if isinstance(order, CallToken):
                self.post(self.called(order))
                continue
            self.token.close()
            found = ports.find_again(self.token.path, self.token.token_id, Token, self._ended)
            if found:
                self.token = found
                self.post(self.login.token_back)

    def _work_server(self) -> None:
        client: ServerClient | None = None
        try:
            while (order := self._server_orders.get()) is not None:
                try:
                    client = client or self._connect()
                except BridgeError as error:
                    self.post(self._failed(order, error))
                    continue
                self.post(self._asked(client, order))
        finally:
            if client:
                client.close()

    def _asked(self, client: "ServerClient", order: AskServer) -> Happening:
        try:
            answer = client.ask(order.request)
        except BridgeError as error:
            return self._failed(order, error)
        return lambda: self.login.server_answered(order.call, answer)

    def _failed(self, order: AskServer, error: BridgeError) -> Happening:
        return lambda: self.login.server_failed(order.call, error)
