"""Whole logins and enrolments: the library, a pty, real HTTP."""

from pathlib import Path

import pytest

from sparekey.bridge import Bridge, Callbacks, Outcome, Session, State, remembered
from sparekey.bridge.enrolment import AskToken, steps
from sparekey.bridge.errors import (
    PayloadRefused,
    ServerRefused,
    TokenError,
    TokenGone,
    TokenRefused,
    TokenSilent,
    WrongKind,
)
from sparekey.bridge.events import Event, OTPAvailable, OTPGenerated, UserErrorMessage, Waiting

from .server_double import ServerDouble
from .token_double import Held, TokenDouble


class Heard(Callbacks):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def tell(self, session: Session, event: Event) -> None:
        self.events.append(event)
        self.session = session
        super().tell(session, event)

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]


def test_an_online_login_by_proof(token: TokenDouble, server: ServerDouble, url: str) -> None:
    token.clock = 40
    heard = Heard()
    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.LOGIN
    assert server.logged_in == "proof"
    assert heard.names == [
        "state", "otp_available", "countdown", "state", "login_confirmation", "waiting",
        "state", "logged_in", "clock_set", "state", "session_stop",
    ]  # fmt: skip
    assert token.set_to
    assert token.set_to[0] == server.told_time
    assert token.set_to[1] < 0
    assert token.asked[-1] == "session.stop"


def test_the_pin_is_a_second_factor(token: TokenDouble, server: ServerDouble, url: str) -> None:
    server.verify = token.pin = True
    heard = Heard()
    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.LOGIN
    assert "second_factor" in heard.names
    assert Waiting("pin", 30) in heard.events


def test_an_offline_login_when_the_server_is_away(token: TokenDouble, server: ServerDouble) -> None:
    heard = Heard()
    with Bridge(str(token.path), server_url="http://127.0.0.1:9") as bridge:
        assert bridge.login(server.login_text(), heard, wait=0.2) is Outcome.OTP
    (made,) = [event.otp for event in heard.events if isinstance(event, OTPGenerated)]
    assert server._otp_login({"otp": made})[0] == 200
    assert made not in repr(heard.events)


def test_the_otp_now(token: TokenDouble, server: ServerDouble, url: str) -> None:
    heard = Heard()
    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text(), heard, hurry=True) is Outcome.OTP
    assert server.asked == []


@pytest.mark.parametrize("otp", ["", "2XPP7Q R5BDD0\n", "2XPP7Q \x1b[2J", "rm R5BDD0", "2XPP7Q  R5BDD0"])
def test_what_is_no_otp_is_not_handed_on(
    token: TokenDouble, server: ServerDouble, monkeypatch: pytest.MonkeyPatch, otp: str
) -> None:
    monkeypatch.setattr(token, "_otp_generate", lambda index: {"otp": otp})
    heard = Heard()
    with Bridge(str(token.path)) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.ERROR
    assert "otp" not in heard.names
    told = [event.error for event in heard.events if isinstance(event, UserErrorMessage)]
    assert told == ["unreachable", "token_garbled"]


@pytest.mark.parametrize(
    "told",
    [
        {"accounts": [], "otp": True, "next": None},
        {"accounts": [{"index": 0, "name": "ada"}], "otp": True, "next": 1},
    ],
)
def test_a_session_without_an_account_is_the_end_of_it(
    token: TokenDouble, server: ServerDouble, monkeypatch: pytest.MonkeyPatch, told: dict[str, object]
) -> None:
    monkeypatch.setattr(token, "_session_start", lambda text: told)
    monkeypatch.setattr(token, "_accounts_list", lambda start: {"accounts": [], "next": None})
    heard = Heard()
    with Bridge(str(token.path)) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.ERROR
    assert [event.error for event in heard.events if isinstance(event, UserErrorMessage)] == ["token_garbled"]


def test_a_server_that_nobody_knows_means_otp(token: TokenDouble, server: ServerDouble) -> None:
    heard = Heard()
    with Bridge(str(token.path)) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.OTP
    (told,) = [event for event in heard.events if isinstance(event, UserErrorMessage)]
    assert told.error_code == 70
    assert "--server-url" in told.next_step


@pytest.mark.parametrize(
    ("url", "error"), [("ftp://elsewhere", "wrong_address"), ("http://a..b", "unreachable")]
)
def test_an_address_that_leads_nowhere_takes_the_offline_way_from_nobody(
    token: TokenDouble, server: ServerDouble, url: str, error: str
) -> None:
    heard = Heard()
    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.OTP
    assert [event.error for event in heard.events if isinstance(event, UserErrorMessage)] == [error]


def test_hyphens_for_a_whole_line_change_nothing(token: TokenDouble, server: ServerDouble, url: str) -> None:
    hyphens = "-" * 1100
    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text() + hyphens, Heard()) is Outcome.LOGIN
        bridge.decide(server.transaction_text() + hyphens)
        assert bridge.enrol(server.enrolment_text(url) + hyphens).account == "ada"


def test_a_declined_login_ends_in_words(token: TokenDouble, server: ServerDouble) -> None:
    token.finger = "back"
    heard = Heard()
    with Bridge(str(token.path)) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.ERROR
        assert [event.error_code for event in heard.events if isinstance(event, UserErrorMessage)] == [70, 53]
        token.finger = "ok"
        assert bridge.login(server.login_text(), Heard()) is Outcome.OTP


def test_a_lost_clock_is_set_by_the_server_first(token: TokenDouble, server: ServerDouble, url: str) -> None:
    token.clock = None
    heard = Heard()
    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.LOGIN
    assert heard.names[:4] == ["state", "user_error_message", "clock_set", "otp_available"]


def test_the_token_pulled_and_plugged_in_again(token: TokenDouble, server: ServerDouble) -> None:
    class Pulled(Heard):
        def on_otp_available(self, session: Session, event: OTPAvailable) -> None:
            if self.names.count("otp_available") == 1:
                token.unplug()
                token.plug()

    heard = Pulled()
    with Bridge(str(token.path), server_url="http://127.0.0.1:9") as bridge:
        assert bridge.login(server.login_text(), heard, wait=30, hurry=True) is Outcome.OTP
        bridge.token.ping()
    assert {"unplugged", "plugged_in"} <= set(heard.names)


def test_a_pulled_token_that_stays_away(token: TokenDouble, server: ServerDouble) -> None:
    class Pulled(Heard):
        def on_otp_available(self, session: Session, event: OTPAvailable) -> None:
            token.unplug()

    heard = Pulled()
    with Bridge(str(token.path), server_url="http://127.0.0.1:9") as bridge:
        assert bridge.login(server.login_text(), heard, replug=0.2) is Outcome.ERROR
    told = [event.error for event in heard.events if isinstance(event, UserErrorMessage)]
    assert told[-1] == "token_gone"


def test_of_several_accounts_the_person_chooses(token: TokenDouble, server: ServerDouble) -> None:
    token.accounts += [Held("other server", b"\1" * 8), server.account("bob", 815)]

    class Chooser(Heard):
        def on_otp_offered(self, session: Session, event: OTPAvailable) -> None:  # type: ignore[override]
            session.generate_otp(event.accounts[1])

    heard = Chooser()
    with Bridge(str(token.path)) as bridge:
        assert bridge.login(server.login_text(), heard) is Outcome.OTP
    assert [
        one.name for event in heard.events if isinstance(event, OTPAvailable) for one in event.accounts
    ] == [
        "ada",
        "bob",
    ]


def test_stopping_ends_what_waits_on_the_token(token: TokenDouble, server: ServerDouble, url: str) -> None:
    token.finger = None

    class Stopper(Heard):
        def on_waiting(self, session: Session, event: Waiting) -> None:
            assert session.state is State.USER_INTERACTION
            session.stop()

    with Bridge(str(token.path), server_url=url) as bridge:
        assert bridge.login(server.login_text(), Stopper()) is Outcome.STOPPED
    assert token.asked[-2:] == ["cancel", "session.stop"]
    assert server.logged_in is None


@pytest.mark.parametrize("first", [ServerRefused(409, "used_up"), KeyboardInterrupt()])
@pytest.mark.parametrize("then", [TokenGone(), TokenSilent(), TokenRefused(53, "declined")])
def test_an_enrolment_fails_of_what_went_wrong_first(
    server: ServerDouble, first: BaseException, then: TokenError
) -> None:
    flow = steps(server.enrolment_text("https://a.example"), "https://a.example", "it")
    next(flow)
    cancel = flow.throw(first)
    assert isinstance(cancel, AskToken)
    assert (cancel.method, cancel.patience < 5) == ("cancel", True)
    with pytest.raises(type(first)) as caught:
        flow.throw(then)
    assert caught.value is first


def test_enrolment_and_what_is_remembered(
    token: TokenDouble, server: ServerDouble, url: str, settings_place: Path
) -> None:
    told: list[str] = []
    with Bridge(str(token.path)) as bridge:
        done = bridge.enrol(server.enrolment_text(url), lambda what, seconds: told.append(what))
        assert told == ["button", "button"]
        assert (done.account, done.server, done.url) == ("ada", "Double Bank", url)
        assert remembered.server_url(server.server_id) == url
        assert token.accounts[-1].key == server.accounts[777]
        token.accounts = token.accounts[-1:]
        assert bridge.login(server.login_text(), Heard()) is Outcome.LOGIN
    assert (settings_place / "servers.json").exists()


def test_an_address_that_cannot_be_kept_undoes_no_enrolment(
    token: TokenDouble, server: ServerDouble, url: str, settings_place: Path
) -> None:
    settings_place.parent.mkdir()
    settings_place.write_text("in the way")
    with Bridge(str(token.path)) as bridge:
        done = bridge.enrol(server.enrolment_text(url))
    assert (done.account, done.remembered) == ("ada", False)


def test_codes_of_another_kind(token: TokenDouble, server: ServerDouble, url: str) -> None:
    with Bridge(str(token.path)) as bridge:
        with pytest.raises(WrongKind):
            bridge.login(server.enrolment_text(url), Heard())
        with pytest.raises(WrongKind):
            bridge.enrol(server.login_text())
        with pytest.raises(PayloadRefused) as caught:
            bridge.login(server.login_text()[:-3], Heard())
        assert caught.value.number == 32
