"""The login's states and what leads from one to the next (nextAuth's SDK; docs/bridge.md)."""

from collections.abc import Callable
from typing import Any

from sparekey.bridge import app_calls, events
from sparekey.bridge.errors import BridgeError, ServerGarbled, ServerUnreachable, TokenError, TokenGone
from sparekey.bridge.events import Account, Outcome, State
from sparekey.bridge.payloads import read_login

from .backoff import Backoff, fraction
from .conversation import Conversation
from .orders import FindToken, Order, StartTimer, StopTimer, Tell

COUNTDOWN = 60.0
"""Seconds that the server is given before the OTP is offered."""
REPLUG = 60.0
"""Seconds that a pulled token is waited for."""

# seconds: until a hurried person's server is tried after all, between tries of a busy or locked
# token, and for a clock to be set once the login itself is done
_HURRIED = 0.3
_RETRY = 1.0
_CLOCK = 10.0
# an accepted login whose answer was lost is refused the second time: a few tries, then say so
_PROOF_TRIES = 4

_LATER = ("busy", "locked")


class Login(Conversation):
    """One login. Every method takes what happened and gives the orders that follow from it."""

    def __init__(
        self,
        text: str,
        *,
        reachable: bool = True,
        wait: float = COUNTDOWN,
        hurry: bool = False,
        replug: float = REPLUG,
        random: Callable[[], float] = fraction,
    ) -> None:
        """``text`` is the QR code's; ``reachable``: a server address is known; ``hurry``: no countdown.

        ``wait`` is the countdown in seconds, ``replug`` the seconds that a pulled token is waited for.
        Raises ``PayloadRefused`` or ``WrongKind`` where the text is no login payload.
        """
        super().__init__()
        self.payload = read_login(text)
        self.accounts: tuple[Account, ...] = ()
        self.otp_available = False
        self.connection_error = not reachable
        self._text = text
        self._reachable = reachable
        self._wait = wait
        self._hurry = hurry
        self._replug = replug
        self._random = random
        self._backoff = Backoff(random)
        self._started = False
        self._otp_allowed = False
        self._offered = False
        self._otp_for: int | None = None
        self._confirmed: Account | None = None
        self._challenge = b""
        self._proof: dict[str, Any] | None = None
        self._logged_in = False
        self._clock_first = False

    def begin(self) -> list[Order]:
        """The first orders: the token is asked before the server."""
        return [Tell(events.StateChanged(self.state)), *self._start_session()]

    # what the person does

    def get_otp_now(self) -> list[Order]:
        """The person does not want to wait for the countdown."""
        self._hurry = True
        return self._offer()

    def generate_otp(self, index: int) -> list[Order]:
        """The person wants the OTP for an account: from here on the server changes nothing."""
        if not self.otp_available or self._account(index) is None:
            return []
        self._otp_for = index
        self.otp_available = False
        return [*self.leave_server(), StopTimer("countdown"), *self.call_token("otp.generate", index=index)]

    def confirm(self, index: int) -> list[Order]:
        """The person confirms the online login with an account (and then presses on the token)."""
        if self.state is not State.USER_INTERACTION or self._confirmed is not None:
            return []
        self._confirmed = self._account(index)
        return self._respond() if self.token_ready else []

    def stop(self) -> list[Order]:
        """The person gives up, which the token is told."""
        return [] if self.finished else self.end(Outcome.LOGIN if self._logged_in else Outcome.STOPPED)

    # what the token does

    def token_answered(self, call: int, result: dict[str, Any]) -> list[Order]:
        """The token's result, hex fields as bytes."""
        method = self.taken(call)
        if method == "session.start":
            return self._session_started(result)
        if method == "otp.generate":
            return [Tell(events.OTPGenerated(result["otp"])), *self.end(Outcome.OTP)]
        if method == "login.respond":
            self._proof = result
            self._backoff = Backoff(self._random)
            return [*self.go(State.ACTIVE), *self._send_proof()]
        if method == "time.challenge":
            return self.ask_server(app_calls.time(self.payload.server_id, result["ref"], result["nonce"]))
        if method == "time.set":
            return [Tell(events.ClockSet(result["offset"])), *self._clock_done()]
        return []

    def token_refused(self, call: int, error: TokenError) -> list[Order]:
        """The token refused, was silent or made no sense."""
        method = self.taken(call)
        if method is None:
            return []
        if method.startswith("time."):
            return self._clock_failed(error)
        if error.name in _LATER:
            return [*self.tell_once(error), *self.call_again_in(_RETRY)]
        if error.name == "clock_unset" and self._reachable and not self._clock_first:
            self._clock_first = True
            return [*self.tell_once(error), *self._challenge_clock()]
        return self.fail(error)

    def token_waiting(self, what: str, seconds: int) -> list[Order]:
        """The token waits for its person."""
        if self.finished:
            return []
        longer = [StartTimer("clock", seconds + _CLOCK)] if self._logged_in else []
        return [*longer, Tell(events.Waiting(what, seconds))]

    def token_gone(self) -> list[Order]:
        """The token was pulled."""
        if self.finished or not self.token_there:
            return []
        self.token_there = self.token_ready = self.otp_available = self._offered = False
        self.token_call = None
        self._clock_first = False
        orders: list[Order] = [StopTimer("token"), Tell(events.Unplugged())]
        if self.server_call is not None and self.server_call.request.kind == "time":
            orders += self.leave_server()
        if self._logged_in:
            return [*orders, *self.end(Outcome.LOGIN)]
        return [*orders, StartTimer("replug", self._replug), FindToken()]

    def token_back(self) -> list[Order]:
        """The token is plugged in again: its session is lost, so it is started anew."""
        if self.finished or self.token_there:
            return []
        self.token_there = True
        orders: list[Order] = [StopTimer("replug"), Tell(events.PluggedIn())]
        return [*orders, *(self._start_session() if self._proof is None else [])]

    # what the server does

    def server_answered(self, call: int, answer: dict[str, Any]) -> list[Order]:
        """The server's answer, hex fields as bytes."""
        kind = self.answered(call)
        if kind is None:
            return []
        if kind == "session" and answer["server"] != self.payload.server_id:
            return self._server_away(kind, ServerGarbled("it is another server"))
        self.connection_error = False
        if kind == "session":
            return self._session_found(answer)
        if kind == "login":
            return self._accepted() if answer["loggedin"] else self.fail(ServerGarbled("no login"))
        return self.call_token("time.set", unix=answer["unix"], proof=answer["proof"])

    def server_failed(self, call: int, error: BridgeError) -> list[Order]:
        """No answer, no proper one, or a refusal."""
        kind = self.answered(call)
        if kind is None:
            return []
        if kind == "time":
            return self._clock_failed(error)
        if isinstance(error, ServerUnreachable):
            return self._server_away(kind, error)
        self.connection_error = False
        if kind == "login" or not self._otp_allowed:
            return self.fail(error)
        # such an answer proves nothing: it takes the offline way from nobody
        return [*self.tell_once(error), *self._no_server()]

    # what the clock does

    def timer_fired(self, timer: str) -> list[Order]:
        """A timer's time is up."""
        if self.finished:
            return []
        if timer == "countdown":
            return self.get_otp_now()
        if timer == "token":
            return self.call_again()
        if timer == "server" and self.server_call is None and self._otp_for is None:
            return self._send_proof() if self.state is State.ACTIVE else self._ask_session()
        if timer == "replug" and not self.token_there:
            return self.fail(TokenGone())
        if timer == "clock" and self._logged_in:
            return self.end(Outcome.LOGIN)
        return []

    def _account(self, index: int) -> Account | None:
        return next((account for account in self.accounts if account.index == index), None)

    def _start_session(self) -> list[Order]:
        return self.call_token("session.start", payload=self._text)

    def _session_started(self, result: dict[str, Any]) -> list[Order]:
        first, self._started = not self._started, True
        self.token_ready = True
        self.accounts = tuple(Account(one["index"], one["name"]) for one in result["accounts"])
        if self._otp_for is not None:
            return self.call_token("otp.generate", index=self._otp_for)
        if self.state is not State.STARTING:
            return self._respond() if self._confirmed else []
        orders: list[Order] = []
        self._otp_allowed = self.otp_available = result["otp"]
        if self.otp_available:
            orders.append(Tell(events.OTPAvailable(self.accounts)))
        if first:
            orders += self._try_server()
        if self._hurry:
            orders += self._offer()
        return orders

    def _try_server(self) -> list[Order]:
        """The first try of the server, and how long the OTP waits for it."""
        if not self._reachable:
            unknown = ServerUnreachable(
                "its address is not known here", certain=True, next_step="Give it with --server-url."
            )
            if not self.otp_available:
                return self.fail(unknown)
            self._hurry = True
            return self.tell_once(unknown)
        if self._hurry and self.otp_available:
            return [StartTimer("server", _HURRIED)]
        orders = self._ask_session()
        if self.otp_available:
            orders += [Tell(events.Countdown(self._wait)), StartTimer("countdown", self._wait)]
        return orders

    def _ask_session(self) -> list[Order]:
        return self.ask_server(app_calls.session(self.payload.session_id))

    def _offer(self) -> list[Order]:
        if not self.otp_available or self._offered:
            return []
        self._offered = True
        return [StopTimer("countdown"), Tell(events.OTPOffered(self.accounts))]

    def _server_away(self, kind: str, error: ServerUnreachable) -> list[Order]:
        self.connection_error = True
        if kind == "login" and self._backoff.failures >= _PROOF_TRIES:
            return self.fail(error)
        orders: list[Order] = [StartTimer("server", self._backoff.next_wait())]
        if error.certain or self._backoff.failures > 1:
            orders += self.tell_once(error)
        return [*orders, *(self._no_server() if error.certain and kind == "session" else [])]

    def _no_server(self) -> list[Order]:
        """There is nothing to wait for: the OTP is offered now, or as soon as it may be."""
        self._hurry = True
        return self._offer()

    def _session_found(self, answer: dict[str, Any]) -> list[Order]:
        self._challenge = answer["challenge"]
        self.otp_available = False
        asked = events.SecondFactor if answer["verify"] else events.LoginConfirmation
        return [
            StopTimer("countdown"),
            *self.go(State.USER_INTERACTION),
            Tell(asked(answer["name"], answer["hint"], self.accounts)),
        ]

    def _respond(self) -> list[Order]:
        assert self._confirmed is not None
        return self.call_token("login.respond", index=self._confirmed.index, challenge=self._challenge)

    def _send_proof(self) -> list[Order]:
        assert self._proof is not None
        proof = self._proof
        return self.ask_server(
            app_calls.login(self.payload.session_id, proof["ref"], proof["flags"], proof["proof"])
        )

    def _accepted(self) -> list[Order]:
        assert self._confirmed is not None
        self._logged_in = True
        orders: list[Order] = [Tell(events.LoggedIn(self._confirmed))]
        if not self.token_there:
            return [*orders, *self.end(Outcome.LOGIN)]
        return [*orders, StartTimer("clock", _CLOCK), *self._challenge_clock()]

    def _challenge_clock(self) -> list[Order]:
        return self.call_token("time.challenge", server_id=self.payload.server_id)

    def _clock_done(self) -> list[Order]:
        return self.end(Outcome.LOGIN) if self._logged_in else self._start_session()

    def _clock_failed(self, error: BridgeError) -> list[Order]:
        return self.end(Outcome.LOGIN) if self._logged_in else self.fail(error)
