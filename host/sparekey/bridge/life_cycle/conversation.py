"""What is under way with the token and the server, and how all of it ends at once."""

from sparekey.bridge.app_calls import AppCall
from sparekey.bridge.errors import BridgeError
from sparekey.bridge.events import Outcome, SessionStop, State, StateChanged, UserErrorMessage

from .orders import AskServer, CallToken, CancelToken, DropServer, Order, StartTimer, StopTimer, Tell

TIMERS = ("countdown", "server", "token", "clock", "replug")


class Conversation:
    """At most one call to the token and one to the server at a time; answers to older ones don't count."""

    def __init__(self) -> None:
        self.state = State.STARTING
        self.finished = False
        self.token_there = True
        # whether the token holds this login's session
        self.token_ready = False
        self.token_call: CallToken | None = None
        self.server_call: AskServer | None = None
        self._last_call: CallToken | None = None
        self._calls = 0
        self._told: set[str] = set()

    def call_token(self, method: str, **params: object) -> list[Order]:
        """Orders a call of ``method``."""
        self._calls += 1
        self.token_call = self._last_call = CallToken(self._calls, method, params)
        return [self.token_call]

    def call_again_in(self, seconds: float) -> list[Order]:
        """Orders that the last call be made again after a while (timer ``token``)."""
        return [StartTimer("token", seconds)]

    def call_again(self) -> list[Order]:
        """The last call once more, unless another is under way."""
        if self._last_call is None or self.token_call is not None or not self.token_there:
            return []
        return self.call_token(self._last_call.method, **self._last_call.params)

    def taken(self, call: int) -> str | None:
        """The method that ``call`` asked for, which is then no longer under way; None for an old call."""
        if self.finished or self.token_call is None or self.token_call.call != call:
            return None
        method = self.token_call.method
        self.token_call = None
        return method

    def ask_server(self, request: AppCall) -> list[Order]:
        """Orders a request to the server."""
        self._calls += 1
        self.server_call = AskServer(self._calls, request)
        return [self.server_call]

    def answered(self, call: int) -> str | None:
        """As ``taken``, for the server: the kind of request."""
        if self.finished or self.server_call is None or self.server_call.call != call:
            return None
        kind = self.server_call.request.kind
        self.server_call = None
        return kind

    def leave_server(self) -> list[Order]:
        """Nothing that the server says matters from here on."""
        orders: list[Order] = [StopTimer("server")]
        if self.server_call is not None:
            self.server_call = None
            orders.append(DropServer())
        return orders

    def tell_once(self, error: BridgeError) -> list[Order]:
        """Tells the person of an error that may come again and again."""
        if error.name in self._told:
            return []
        self._told.add(error.name)
        return [Tell(UserErrorMessage.of(error))]

    def go(self, state: State) -> list[Order]:
        """The next state, told."""
        self.state = state
        return [Tell(StateChanged(state))]

    def fail(self, error: BridgeError) -> list[Order]:
        """The end of it, with the reason."""
        return [Tell(UserErrorMessage.of(error)), *self.end(Outcome.ERROR)]

    def end(self, outcome: Outcome) -> list[Order]:
        """All that is under way ends, and the token's session with it; ``SessionStop`` comes last."""
        self.finished = True
        orders: list[Order] = [*self.leave_server(), *(StopTimer(timer) for timer in TIMERS)]
        if self.token_call is not None:
            self.token_call = None
            orders.append(CancelToken())
        if self.token_there and self.token_ready and outcome is not Outcome.OTP:
            # an OTP has ended the token's session itself
            self._calls += 1
            orders.append(CallToken(self._calls, "session.stop"))
        orders += self.go(State.ERROR if outcome is Outcome.ERROR else State.DONE)
        return [*orders, Tell(SessionStop(outcome))]
