"""The bridge: a token on one side, a server on the other, QR codes in between."""

import dataclasses
from typing import TYPE_CHECKING, Any, Self, TypeVar

from . import remembered
from .errors import BridgeError, ServerUnreachable
from .events import Outcome
from .payloads import read_enrolment, read_login, read_transaction
from .session import Callbacks

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from .app_calls import AppCall
    from .enrolment import AskToken, Enrolled
    from .token import Token, Waiting
    from .transaction import Decision

Done = TypeVar("Done")

MAX_DESCRIPTION = 64
"""Characters that a server keeps of what a token is called."""


class Bridge:
    """One token, ready for logins and enrolments; calls block (``AsyncBridge`` is for asyncio)."""

    def __init__(self, token: "Token | str | None" = None, *, server_url: str | None = None) -> None:
        """``token``: a ``Token``, a port's path, a token's id, or None for the only one plugged in.

        ``server_url`` overrides the address remembered from enrolment. Raises ``NoToken`` and its kin.
        """
        from .token import Token

        self._token = token if isinstance(token, Token) else Token.open(token)
        self._server_url = server_url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        fault: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        self.close()

    @property
    def token(self) -> "Token":
        """The token (another object once it was unplugged and is back)."""
        return self._token

    def close(self) -> None:
        """Lets the token's port go."""
        self._token.close()

    def login(
        self,
        text: str,
        callbacks: Callbacks,
        *,
        wait: float | None = None,
        hurry: bool = False,
        replug: float | None = None,
    ) -> Outcome:
        """Logs in with a QR code's text; events go to ``callbacks`` until ``SessionStop``.

        ``wait`` is the countdown in seconds, ``hurry`` skips it; ``replug`` is how many seconds a
        pulled token is waited for. Raises ``PayloadRefused`` or
        ``WrongKind`` at once; everything later is told by ``UserErrorMessage``.
        """
        from .blocking import BlockingDriver
        from .life_cycle import COUNTDOWN, REPLUG, Login

        url = self._server_url or remembered.server_url(read_login(text).server_id)
        begun = Login(
            text,
            reachable=url is not None,
            wait=COUNTDOWN if wait is None else wait,
            hurry=hurry,
            replug=REPLUG if replug is None else replug,
        )
        driver = BlockingDriver(begun, self._token, callbacks, lambda: _connected(url))
        try:
            return driver.run()
        finally:
            self._token = driver.token

    def enrol(self, text: str, waiting: "Waiting | None" = None) -> "Enrolled":
        """Adds the account of an enrolment QR code; its server's address is remembered.

        ``waiting`` is told when the token waits for its person: for the first press, and for the
        second with the check code on its screen. Raises any ``BridgeError``.
        """
        from .enrolment import steps

        url = self._server_url or read_enrolment(text).server_url
        said = self._token.hello()
        description = f"Sparekey {said.firmware} on {said.board}"[:MAX_DESCRIPTION]
        done = self._carried(steps(text, url, description), url, waiting)
        try:
            remembered.remember(done.server_id, done.url)
        except OSError:
            # the account is there all the same; its server will have to be named
            return dataclasses.replace(done, remembered=False)
        return done

    def decide(self, text: str, waiting: "Waiting | None" = None) -> "Decision":
        """Has the token show the transaction of a QR code, and hands its person's answer to the server.

        Raises any ``BridgeError``.
        """
        from .transaction import steps

        server_id = read_transaction(text).server_id
        url = self._server_url or remembered.server_url(server_id)
        if url is None:
            raise ServerUnreachable("its address is not known here", next_step="Give it with --server-url.")
        return self._carried(steps(text), url, waiting)

    def _carried(
        self, flow: "Generator[AskToken | AppCall, dict[str, Any], Done]", url: str, waiting: "Waiting | None"
    ) -> "Done":
        """Carries a flow's questions to the token and the server, and the answers back, to its end."""
        from .enrolment import AskToken

        with _connected(url) as server:
            try:
                order = next(flow)
                while True:
                    try:
                        if isinstance(order, AskToken):
                            answer = self._token.call(order.method, order.params, waiting, order.patience)
                        else:
                            answer = server.ask(order)
                    except (BridgeError, KeyboardInterrupt) as fault:
                        order = flow.throw(fault)
                    else:
                        order = flow.send(answer)
            except StopIteration as end:
                done: Done = end.value
        return done


def _connected(url: str | None):  # type: ignore[no-untyped-def]
    from .server_client import ServerClient

    assert url is not None
    return ServerClient(url)
