"""The steps that a login is made of: from the token's answer to the end, each as orders."""

from collections.abc import Callable
from typing import Any

from sparekey.bridge import app_calls, events
from sparekey.bridge.errors import BridgeError, ServerUnreachable
from sparekey.bridge.events import Account, Outcome, State
from sparekey.bridge.payloads import read_login
from sparekey_token.core import compose

from .backoff import Backoff, fraction
from .conversation import Conversation
from .orders import Order, StartTimer, StopTimer, Tell

COUNTDOWN = 60.0
"""Seconds that the server is given before the OTP is offered."""

REPLUG = 60.0
"""Seconds that a pulled token is waited for."""

CLOCK = 10.0
"""Seconds for a clock to be set once the login itself is done."""

# seconds until a hurried person's server is tried after all
_HURRIED = 0.3
# an accepted login whose answer was lost is refused the second time: a few tries, then say so
_PROOF_TRIES = 4


class Steps(Conversation):
    """What a login knows, and what it does next."""

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
        # as it is made: the one scanned may have spaces and hyphens for a whole line of their own
        self._text = compose.to_text(self.payload.body)
        self._reachable = reachable
        self._wait = wait
        self._hurry = hurry
        self._replug = replug
        self._random = random
        self._backoff = Backoff(random)
        self._server_tried = False
        self._otp_allowed = False
        self._offered = False
        self._otp_for: int | None = None
        self._confirmed: Account | None = None
        self._challenge = b""
        self._proof: dict[str, Any] | None = None
        self._logged_in = False
        self._clock_first = False

    def end(self, outcome: Outcome) -> list[Order]:
        """The end of it; nothing is on offer any more."""
        self.otp_available = False
        return super().end(outcome)

    def _account(self, index: int) -> Account | None:
        return next((account for account in self.accounts if account.index == index), None)

    def _start_session(self) -> list[Order]:
        return self.call_token("session.start", payload=self._text)

    def _session_started(self, result: dict[str, Any]) -> list[Order]:
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
        if not self._server_tried:
            self._server_tried = True
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
        self._logged_in = True
        only = self._confirmed if len(self.accounts) == 1 else None
        orders: list[Order] = [Tell(events.LoggedIn(only))]
        if not self.token_there:
            return [*orders, *self.end(Outcome.LOGIN)]
        return [*orders, StartTimer("clock", CLOCK), *self._challenge_clock()]

    def _challenge_clock(self) -> list[Order]:
        return self.call_token("time.challenge", server_id=self.payload.server_id)

    def _clock_done(self) -> list[Order]:
        return self.end(Outcome.LOGIN) if self._logged_in else self._start_session()

    def _clock_failed(self, error: BridgeError) -> list[Order]:
        return self.end(Outcome.LOGIN) if self._logged_in else self.fail(error)
