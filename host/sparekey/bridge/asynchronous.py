"""Drives a login in asyncio: callbacks come in the event loop, the token is asked in a thread."""

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self

from . import ports, remembered
from .bridge import Bridge
from .driver import LAST_WORDS, Driver, Happening
from .enrolment import Enrolled
from .errors import BridgeError
from .events import Outcome
from .life_cycle import COUNTDOWN, REPLUG, AskServer, CallToken, FindToken, Login
from .payloads import read_login
from .server_client import AsyncServerClient
from .session import Callbacks
from .token import Token, Waiting
from .transaction import Decision

if TYPE_CHECKING:
    from types import TracebackType


class AsyncioDriver(Driver):
    """One login as a coroutine; cancelling it stops the login on the token too."""

    def __init__(
        self, login: Login, token: Token, callbacks: Callbacks, client: AsyncServerClient | None
    ) -> None:
        """``client`` may be None only where the login was made with ``reachable=False``."""
        super().__init__(login, token, callbacks)
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Happening] = asyncio.Queue()
        self._token_orders: asyncio.Queue[CallToken | FindToken | None] = asyncio.Queue()
        self._request: asyncio.Task[None] | None = None
        self._ended = threading.Event()

    async def run(self) -> Outcome:
        """The whole login."""
        token_task = asyncio.create_task(self._work_token())
        try:
            self.perform(self.login.begin())
            while not self.login.finished:
                self.perform((await self._next())())
        finally:
            self.perform(self.login.stop())
            self.drop_server()
            self._ended.set()
            self._token_orders.put_nowait(None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(token_task, LAST_WORDS)
        return self.outcome

    def post(self, happening: Happening) -> None:
        self._loop.call_soon_threadsafe(self._inbox.put_nowait, happening)

    def to_token(self, order: CallToken | FindToken) -> None:
        self._token_orders.put_nowait(order)

    def to_server(self, order: AskServer) -> None:
        self._request = asyncio.create_task(self._ask(order))

    def drop_server(self) -> None:
        if self._request:
            self._request.cancel()

    async def _next(self) -> Happening:
        while True:
            try:
                return await asyncio.wait_for(self._inbox.get(), self.patience())
            except TimeoutError:
                happening = self.overdue()
                if happening:
                    return happening

    async def _work_token(self) -> None:
        while (order := await self._token_orders.get()) is not None:
            if isinstance(order, CallToken):
                self.post(await asyncio.to_thread(self.called, order))
                continue
            self.token.close()
            found = await asyncio.to_thread(
                ports.find_again, self.token.path, self.token.token_id, Token, self._ended
            )
            if found:
                self.token = found
                self.post(self.login.token_back)

    async def _ask(self, order: AskServer) -> None:
        assert self._client is not None
        try:
            answer = await self._client.ask(order.request)
        except BridgeError as error:
            failure = error
            self.post(lambda: self.login.server_failed(order.call, failure))
        else:
            self.post(lambda: self.login.server_answered(order.call, answer))


class AsyncBridge:
    """As ``Bridge``, for asyncio: ``async with await AsyncBridge.open() as bridge``."""

    def __init__(self, token: Token, *, server_url: str | None = None) -> None:
        self._token = token
        self._server_url = server_url

    @classmethod
    async def open(cls, port: str | None = None, *, server_url: str | None = None) -> Self:
        """Opens the token at ``port``, as ``Token.open`` does."""
        return cls(await asyncio.to_thread(Token.open, port), server_url=server_url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: "type[BaseException] | None",
        fault: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        self._token.close()

    async def login(
        self,
        text: str,
        callbacks: Callbacks,
        *,
        wait: float = COUNTDOWN,
        hurry: bool = False,
        replug: float = REPLUG,
    ) -> Outcome:
        """As ``Bridge.login``."""
        url = self._server_url or remembered.server_url(read_login(text).server_id)
        begun = Login(text, reachable=url is not None, wait=wait, hurry=hurry, replug=replug)
        client = AsyncServerClient(url) if url else None
        driver = AsyncioDriver(begun, self._token, callbacks, client)
        try:
            return await driver.run()
        finally:
            self._token = driver.token
            if client:
                await client.close()

    async def enrol(self, text: str, waiting: Waiting | None = None) -> Enrolled:
        """As ``Bridge.enrol``; ``waiting`` is called in the event loop."""
        bridge = Bridge(self._token, server_url=self._server_url)
        return await asyncio.to_thread(bridge.enrol, text, _in_loop(waiting))

    async def decide(self, text: str, waiting: Waiting | None = None) -> Decision:
        """As ``Bridge.decide``; ``waiting`` is called in the event loop."""
        bridge = Bridge(self._token, server_url=self._server_url)
        return await asyncio.to_thread(bridge.decide, text, _in_loop(waiting))


def _in_loop(waiting: Waiting | None) -> Waiting:
    """``waiting`` for another thread to call: it runs in the event loop."""
    loop = asyncio.get_running_loop()

    def told(what: str, seconds: int) -> None:
        if waiting:
            loop.call_soon_threadsafe(waiting, what, seconds)

    return told
