"""Every order of what may happen in a login, tried by hypothesis against what must always hold."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sparekey.bridge import errors, events
from sparekey.bridge.events import Outcome, State
from sparekey.bridge.life_cycle import (
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
from sparekey_token.core import compose

SERVER = b"\x01" * 8
BODY = compose.login_body(SERVER, b"\x02" * 16, 2**31, True, "Bank", "Firefox")
TEXT = compose.to_text(BODY)

# where each state may lead
PATHS = {
    State.STARTING: {State.USER_INTERACTION, State.DONE, State.ERROR},
    State.USER_INTERACTION: {State.ACTIVE, State.DONE, State.ERROR},
    State.ACTIVE: {State.DONE, State.ERROR},
    State.DONE: set(),
    State.ERROR: set(),
}
REFUSALS = [
    (32, "bad_payload"), (34, "no_account"), (35, "otp_not_allowed"), (36, "expired"), (37, "no_session"),
    (50, "timed_out"), (53, "declined"), (54, "locked"), (55, "clock_unset"), (56, "busy"), (57, "fault"),
]  # fmt: skip
FAILURES = [
    errors.ServerUnreachable("refused"),
    errors.ServerUnreachable("no network", certain=True),
    errors.ServerGarbled("a proxy"),
    errors.ServerRefused(404, "no_such_session"),
]


class LoginMachine(RuleBasedStateMachine):
    """The world around a login: a token, a server, a person, a clock, in any order."""

    @initialize(reachable=st.booleans(), hurry=st.booleans(), otp=st.booleans(), accounts=st.integers(1, 3))
    def scan(self, reachable: bool, hurry: bool, otp: bool, accounts: int) -> None:
        self.login = Login(TEXT, reachable=reachable, hurry=hurry, random=lambda: 0.5)
        self.otp, self.indexes = otp, list(range(10, 10 + accounts))
        self.token_call: CallToken | None = None
        self.server_call: AskServer | None = None
        self.old_calls: list[int] = []
        self.timers: dict[str, float] = {}
        self.finding = False
        self.told: list[events.Event] = []
        self.chosen: list[int] = []
        self.confirmed: list[int] = []
        self.proofs = 0
        self.accepted = False
        self.state = State.STARTING
        self.server_away = not reachable
        self.ended_on_token = False
        self.perform(self.login.begin())

    def perform(self, orders: list[Order]) -> None:
        """What a driver does, with an eye on each order."""
        stopped_before = self.stopped
        for order in orders:
            if isinstance(order, Tell):
                self.hear(order.event)
            elif isinstance(order, CallToken):
                self.call(order)
            elif isinstance(order, CancelToken):
                assert self.token_call is not None, "nothing to cancel"
                self.token_call = None
            elif isinstance(order, FindToken):
                assert not self.finding
                self.finding = True
            elif isinstance(order, AskServer):
                assert self.server_call is None, "one request at a time"
                assert not self.chosen, "the server is asked after the person took the OTP"
                if order.request.kind == "session":
                    assert self.of(events.OTPAvailable) or not self.otp, "the server before the token"
                if order.request.kind == "login":
                    assert self.proofs == 1
                self.server_call = order
            elif isinstance(order, DropServer):
                assert self.server_call is not None
                self.old_calls.append(self.server_call.call)
                self.server_call = None
            elif isinstance(order, StartTimer):
                assert order.seconds >= 0
                self.timers[order.timer] = order.seconds
            elif isinstance(order, StopTimer):
                self.timers.pop(order.timer, None)
        assert not (stopped_before and orders), "orders after the end"

    def call(self, order: CallToken) -> None:
        if order.method == "session.stop":
            self.ended_on_token = True
            return
        assert self.login.token_there, "a call to a token that isn't there"
        assert self.token_call is None, "one call at a time"
        if order.method == "otp.generate":
            assert [order.params["index"]] == self.chosen
            assert not self.online, "an OTP after the server has answered"
        if order.method == "login.respond":
            assert [order.params["index"]] == self.confirmed
        self.token_call = order

    def hear(self, event: events.Event) -> None:
        assert not self.stopped, f"{event} after SessionStop"
        if isinstance(event, events.StateChanged) and event.state is not self.state:
            assert event.state in PATHS[self.state], (self.state, event.state)
            self.state = event.state
        if isinstance(event, events.OTPGenerated | events.OTPAvailable | events.OTPOffered):
            assert not self.online, event
        if isinstance(event, events.LoggedIn):
            assert self.accepted
        self.told.append(event)

    def of(self, kind: type[events.Event]) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def online(self) -> bool:
        return events.StateChanged(State.USER_INTERACTION) in self.told

    @property
    def stopped(self) -> bool:
        return bool(self.of(events.SessionStop))

    # the token

    @precondition(lambda self: self.token_call)
    @rule()
    def token_answers(self) -> None:
        call, self.token_call = self.token_call, None
        assert call is not None
        self.old_calls.append(call.call)
        accounts = [{"index": index, "name": f"account {index}"} for index in self.indexes]
        if call.method == "login.respond":
            self.proofs += 1
        result: dict[str, Any] = {
            "session.start": {"accounts": accounts, "otp": self.otp, "next": None},
            "otp.generate": {"otp": "2XPP7Q R5BDD0"},
            "login.respond": {"ref": 1, "flags": 0, "proof": b"p" * 32},
            "time.challenge": {"nonce": b"n" * 16, "ref": 1},
            "time.set": {"offset": 3},
        }[call.method]
        self.perform(self.login.token_answered(call.call, result))

    @precondition(lambda self: self.token_call)
    @rule(refusal=st.sampled_from(REFUSALS))
    def token_refuses(self, refusal: tuple[int, str]) -> None:
        call, self.token_call = self.token_call, None
        assert call is not None
        self.perform(self.login.token_refused(call.call, errors.TokenRefused(*refusal)))

    @precondition(lambda self: self.token_call)
    @rule()
    def token_is_silent(self) -> None:
        call, self.token_call = self.token_call, None
        assert call is not None
        self.perform(self.login.token_refused(call.call, errors.TokenSilent()))

    @precondition(lambda self: self.token_call)
    @rule(what=st.sampled_from(["button", "pin"]))
    def token_waits(self, what: str) -> None:
        self.perform(self.login.token_waiting(what, 30))

    @rule()
    def token_is_pulled(self) -> None:
        self.token_call = None
        self.perform(self.login.token_gone())

    @precondition(lambda self: self.finding)
    @rule()
    def token_is_plugged_in(self) -> None:
        self.finding = False
        self.perform(self.login.token_back())

    # the server

    @precondition(lambda self: self.server_call)
    @rule(verify=st.booleans(), other=st.sampled_from([False, False, False, True]))
    def server_answers(self, verify: bool, other: bool) -> None:
        call, self.server_call = self.server_call, None
        assert call is not None
        self.old_calls.append(call.call)
        kind = call.request.kind
        session = {"server": b"\xff" * 8 if other else SERVER, "name": "Bank", "hint": "", "expires": 2**31}
        answer: dict[str, Any] = {
            "session": {**session, "challenge": b"c" * 16, "verify": verify},
            "login": {"loggedin": True},
            "time": {"unix": 1, "proof": b"t" * 32},
        }[kind]
        self.accepted = self.accepted or kind == "login"
        self.server_away = kind == "session" and other
        self.perform(self.login.server_answered(call.call, answer))

    @precondition(lambda self: self.server_call)
    @rule(failure=st.sampled_from(FAILURES))
    def server_fails(self, failure: errors.ServerError) -> None:
        call, self.server_call = self.server_call, None
        assert call is not None
        if call.request.kind != "time":
            self.server_away = isinstance(failure, errors.ServerUnreachable)
        self.perform(self.login.server_failed(call.call, failure))

    @precondition(lambda self: self.old_calls)
    @rule(data=st.data())
    def an_old_answer_comes_late(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(self.old_calls))
        assert self.login.token_answered(call, {"otp": "late"}) == []
        assert self.login.server_answered(call, {"loggedin": True}) == []
        assert self.login.server_failed(call, FAILURES[0]) == []

    # the clock and the person

    @precondition(lambda self: self.timers)
    @rule(data=st.data())
    def a_timer_fires(self, data: st.DataObject) -> None:
        timer = data.draw(st.sampled_from(sorted(self.timers)))
        del self.timers[timer]
        self.perform(self.login.timer_fired(timer))

    @rule()
    def the_person_hurries(self) -> None:
        self.perform(self.login.get_otp_now())

    @rule(index=st.integers(10, 13))
    def the_person_takes_the_otp(self, index: int) -> None:
        heeded = self.login.otp_available and index in self.indexes
        if heeded:
            self.chosen.append(index)
        orders = self.login.generate_otp(index)
        assert bool(orders) is heeded
        self.perform(orders)

    @rule(index=st.integers(10, 13))
    def the_person_confirms(self, index: int) -> None:
        if self.state is State.USER_INTERACTION and index in self.indexes and not self.confirmed:
            self.confirmed.append(index)
        self.perform(self.login.confirm(index))

    @precondition(lambda self: len(self.told) > 6)
    @rule()
    def the_person_gives_up(self) -> None:
        self.perform(self.login.stop())

    # what holds at each moment

    @invariant()
    def there_is_at_most_one_of_each(self) -> None:
        assert len(self.of(events.OTPGenerated)) <= 1
        assert len(self.of(events.SessionStop)) <= 1
        assert len(self.of(events.LoggedIn)) <= 1
        assert not (self.of(events.OTPGenerated) and self.of(events.LoggedIn))
        assert len(self.chosen) <= 1

    @invariant()
    def what_a_session_says_is_true(self) -> None:
        assert self.login.state is self.state
        assert self.login.connection_error is self.server_away
        assert self.login.finished is self.stopped is (self.state in (State.DONE, State.ERROR))
        if self.login.otp_available:
            assert self.otp
            assert self.of(events.OTPAvailable)
            assert self.login.token_there
            assert self.state is State.STARTING
            assert not self.chosen

    @invariant()
    def the_end_is_the_end(self) -> None:
        if not self.stopped:
            return
        assert isinstance(self.told[-1], events.SessionStop)
        assert not self.login.otp_available
        assert self.timers == {}
        assert (self.token_call, self.server_call) == (None, None)
        outcome = self.told[-1].outcome
        assert (outcome is Outcome.OTP) is bool(self.of(events.OTPGenerated))
        assert (outcome is Outcome.LOGIN) is bool(self.of(events.LoggedIn))
        if outcome is Outcome.ERROR:
            assert self.of(events.UserErrorMessage), "an end without a reason"

    @invariant()
    def it_never_gets_stuck(self) -> None:
        if self.stopped:
            return
        person_may_act = bool(
            (self.of(events.OTPOffered) and self.login.otp_available)
            or (self.state is State.USER_INTERACTION and not self.confirmed)
        )
        assert self.token_call or self.server_call or self.timers or self.finding or person_may_act


TestLogin = LoginMachine.TestCase
TestLogin.settings = settings(
    max_examples=250, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow]
)
