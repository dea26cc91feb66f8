"""What may happen in a login, and what is ordered in answer (nextAuth's SDK; docs/bridge.md)."""

import re
from typing import Any

from sparekey.bridge import app_calls, events
from sparekey.bridge.errors import (
    BridgeError,
    ServerGarbled,
    ServerUnreachable,
    TokenError,
    TokenGarbled,
    TokenGone,
)
from sparekey.bridge.events import Outcome, State

from .backoff import Backoff
from .orders import FindToken, Order, StartTimer, StopTimer, Tell
from .steps import CLOCK, Steps

# seconds between tries of a busy or locked token
_RETRY = 1.0
_LATER = ("busy", "locked")
# docs/protocol.md §4; it goes to terminals and clipboards, where a line's end or an escape does things
_OTP = re.compile(r"[0-9A-Z]{1,20} [0-9A-Z]{1,20}\Z")


class Login(Steps):
    """One login. Every method takes what happened and gives the orders that follow from it.

    Whoever drives it performs the orders in their order, tells it what happens, one thing at a time,
    and stops once ``finished`` is true.
    """

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
        return self._respond() if self._confirmed and self.token_ready else []

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
            if not _OTP.match(result["otp"]):
                return self.fail(TokenGarbled("otp.generate: this is no one-time password"))
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
        if error.name in _LATER and not self._logged_in:
            return [*self.tell_once(error), *self.call_again_in(_RETRY)]
        if method.startswith("time."):
            return self._clock_failed(error)
        if error.name == "clock_unset" and self._reachable and not self._clock_first:
            self._clock_first = True
            self._server_tried = False
            return [*self.tell_once(error), *self.leave_server(), *self._challenge_clock()]
        return self.fail(error)

    def token_waiting(self, what: str, seconds: int) -> list[Order]:
        """The token waits for its person."""
        if self.finished:
            return []
        longer = [StartTimer("clock", seconds + CLOCK)] if self._logged_in else []
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
