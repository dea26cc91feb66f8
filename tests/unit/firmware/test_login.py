"""A login on the token: what the host asks, what the person sees, and the OTP after the press alone."""

import pytest

from sparekey_token import RELEASED
from sparekey_token.core import compose, frame, otp

from .doubles import ACCOUNT_KEY, NOW, Desk, login_body, outcome


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.add()
    return made


def test_a_press_gives_the_otp_of_that_login(desk: Desk) -> None:
    body = login_body()
    started = desk.call("session.start", payload=compose.to_text(body))
    assert started == {"accounts": [{"index": 0, "name": "ada"}], "otp": True}
    asked = desk.send("otp.generate", index=0)
    assert desk.answer(asked) is None
    assert desk.screen.view.name == "login.ask"
    for words in ("Log in?", "Sparekey demo", "ada", "hint: Firefox, Ghent"):
        assert words in desk.screen.text
    assert "Not this name" not in desk.screen.text
    desk.press("ok")
    expected = otp.compute(ACCOUNT_KEY, 12345, body, NOW)
    assert outcome(desk.answer(asked)) == {"otp": otp.shown(expected)}
    assert desk.screen.view.name == "login.otp"
    assert desk.screen.text.split("\n")[:2] == [expected[:6], expected[6:]]
    assert "s left" in desk.screen.text


def test_the_person_sees_the_otp_before_the_host_has_it(desk: Desk) -> None:
    desk.call("session.start", payload=compose.to_text(login_body()))
    asked = desk.send("otp.generate", index=0)
    desk.rounds()
    desk.buttons.presses.append("ok")
    desk.rounds(1)
    assert desk.screen.view.name == "login.otp"
    assert desk.answer(asked) is None
    desk.rounds(1)
    assert "otp" in outcome(desk.answer(asked))


def test_the_wait_is_announced(desk: Desk) -> None:
    desk.call("session.start", payload=compose.to_text(login_body()))
    desk.send("otp.generate", index=0)
    assert {"for": "button", "seconds": 60} in [said.get("params") for said in desk.hear()]


def test_without_a_press_there_is_no_otp_whatever_the_host_sends(desk: Desk) -> None:
    desk.call("session.start", payload=compose.to_text(login_body()))
    asked = desk.send("otp.generate", index=0)
    for method, params in (
        ("otp.generate", {"index": 0}),
        ("session.stop", {}),
        ("accounts.list", {}),
        ("time.set", {"unix": NOW}),
    ):
        assert desk.call(method, **params) == "busy"
    assert desk.call("ping") == {}
    assert isinstance(desk.call("hello", versions=[1]), dict)
    desk.pass_seconds(59)
    assert desk.answer(asked) is None
    desk.pass_seconds(3)
    assert outcome(desk.answer(asked)) == "timed_out"
    assert desk.screen.view.name == "error.timed_out"
    assert "login.otp" not in desk.screen.names


def test_back_declines_and_so_does_the_host(desk: Desk) -> None:
    for end in ("press", "cancel"):
        desk.call("session.start", payload=compose.to_text(login_body()))
        asked = desk.send("otp.generate", index=0)
        if end == "press":
            desk.press("back")
        else:
            assert desk.call("cancel") == {}
        assert outcome(desk.answer(asked)) == "declined"
        assert desk.screen.view.name == "error.declined"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (compose.to_text(login_body(expires=NOW)), "expired"),
        (compose.to_text(login_body(server_id=bytes(8))), "no_account"),
        (compose.to_text(login_body())[:-4], "bad_payload"),
        ("SPAREKEY:24", "bad_payload"),
        ("https://example.org", "bad_payload"),
    ],
)
def test_a_qr_code_that_is_no_good_is_refused_on_both_sides(desk: Desk, text: str, name: str) -> None:
    assert desk.call("session.start", payload=text) == name
    assert desk.screen.view.name == "error." + name
    desk.press("ok")
    assert desk.screen.view.name == "idle"


def test_otps_need_the_servers_flag_and_a_session(desk: Desk) -> None:
    assert desk.call("otp.generate", index=0) == "no_session"
    started = desk.call("session.start", payload=compose.to_text(login_body(allowed=False)))
    assert started["otp"] is False
    assert desk.call("otp.generate", index=0) == "otp_not_allowed"
    desk.call("session.stop")
    assert desk.call("otp.generate", index=0) == "no_session"


def test_next_goes_to_the_other_account_of_that_server(desk: Desk) -> None:
    desk.add("grace")
    desk.add("mallory", server_id=bytes(8))
    body = login_body()
    started = desk.call("session.start", payload=compose.to_text(body))
    assert [one["name"] for one in started["accounts"]] == ["ada", "grace"]
    asked = desk.send("otp.generate", index=0)
    desk.press("next")
    assert "as grace" in desk.screen.text
    desk.press("next", "next", "ok")
    assert outcome(desk.answer(asked))["otp"][:6] == otp.compute(ACCOUNT_KEY, 12346, body, NOW)[:6]


def test_a_session_gives_one_otp(desk: Desk) -> None:
    text = compose.to_text(login_body())

    def ask() -> object:
        assert isinstance(desk.call("session.start", payload=text), dict)
        asked = desk.send("otp.generate", index=0)
        desk.press("ok")
        return outcome(desk.answer(asked))

    first = ask()
    assert desk.call("otp.generate", index=0) == "no_session"
    assert ask() == first
    desk.clock.unix += 120
    assert ask() == "no_session"


@pytest.mark.parametrize("before", ["otp", "question", "error"])
def test_a_press_that_was_on_its_way_answers_no_question_that_the_host_puts_in_its_place(
    desk: Desk, before: str
) -> None:
    """Whoever is about to press ok, to be done with the OTP, would press it for an attacker's session."""
    desk.call("session.start", payload=compose.to_text(login_body()))
    asked = desk.send("otp.generate", index=0)
    if before == "otp":
        desk.press("ok")
    elif before == "error":
        desk.press("back")
    else:
        desk.call("cancel")
    desk.answer(asked)
    desk.buttons.presses = []
    text = compose.to_text(login_body(session=b"another session!"))
    assert isinstance(desk.call("session.start", payload=text), dict)
    desk.call("session.stop")  # to the idle screen and on, which must not hide what was there before
    assert isinstance(desk.call("session.start", payload=text), dict)
    line = frame.encode({"jsonrpc": "2.0", "id": 99, "method": "otp.generate", "params": {"index": 0}})
    desk.link.inward += line
    begun = desk.milliseconds
    desk.rounds(6)
    while desk.screen.view.name == "request.next":
        desk.press("ok")
    assert desk.answer(99) is None
    assert desk.screen.view.name == "login.ask"
    assert 300 < desk.milliseconds - begun < 600
    desk.press("ok")
    assert "otp" in outcome(desk.answer(99))


def test_an_otp_stays_until_its_interval_is_well_over(desk: Desk) -> None:
    desk.clock.unix = NOW // 120 * 120 + 20
    desk.call("session.start", payload=compose.to_text(login_body()))
    desk.send("otp.generate", index=0)
    desk.press("ok")
    assert "100 s left" in desk.screen.text
    assert desk.screen.view.bar[2] == 833
    desk.call("session.stop")
    desk.link.connected = False
    desk.pass_seconds(99)
    assert "1 s left" in desk.screen.text
    desk.pass_seconds(30)
    assert desk.screen.view.name == "login.otp"
    desk.pass_seconds(32)
    assert desk.screen.view.name == "idle"


def test_the_proof_for_a_server_that_answers(desk: Desk) -> None:
    from sparekey_token.core import proof

    body = login_body()
    desk.call("session.start", payload=compose.to_text(body))
    asked = desk.send("login.respond", index=0, challenge=bytes(16).hex())
    assert desk.answer(asked) is None
    desk.press("ok")
    made = proof.login_proof(ACCOUNT_KEY, body, bytes(16), 0)
    assert outcome(desk.answer(asked)) == {"ref": 12345, "flags": 0, "proof": made.hex()}


@pytest.mark.parametrize("fault", ["lost", "bus", "early", "back"])
def test_without_a_clock_no_session_begins(desk: Desk, fault: str) -> None:
    if fault == "early":
        desk.clock.unix = RELEASED - 60
    elif fault == "back":
        desk.vault.use_interval(NOW // 120 + 1)
    else:
        desk.clock.fault = fault
    desk.pass_seconds(1)
    assert desk.screen.view.name == "idle.clock_unset"
    assert desk.call("session.start", payload=compose.to_text(login_body())) == "clock_unset"
    assert desk.call("hello", versions=[1])["clock"] == "unset"


@pytest.mark.parametrize("fault", ["lost", "bus"])
def test_a_clock_that_goes_at_the_question_makes_no_otp_and_the_next_login_does(
    desk: Desk, fault: str
) -> None:
    for gone in (True, False):
        desk.call("session.start", payload=compose.to_text(login_body(session=bytes([gone]) * 16)))
        asked = desk.send("otp.generate", index=0)
        desk.clock.fault = fault if gone else None
        desk.press("ok")
        answer = outcome(desk.answer(asked))
        assert answer == "clock_unset" if gone else "otp" in answer
        desk.clock.fault = None
        desk.rounds(30)


@pytest.mark.parametrize("format", list(otp.FORMATS))
def test_each_format_fits_the_screen(format: str) -> None:
    desk = Desk()
    desk.add(format=format)
    desk.call("session.start", payload=compose.to_text(login_body()))
    asked = desk.send("otp.generate", index=0)
    desk.press("ok")
    made = outcome(desk.answer(asked))["otp"]
    assert desk.screen.text.split("\n")[:2] == made.split(" ")


def test_long_names_and_hints_are_never_cut(desk: Desk) -> None:
    desk.vault.remove(0)
    desk.add("W" * 24, "M" * 24)
    desk.call("session.start", payload=compose.to_text(login_body(hint="ABCDEFGH " * 3 + "IJKLM")))
    desk.send("otp.generate", index=0)
    seen = set()
    for _ in range(20):
        desk.pass_seconds(1)
        joined = desk.screen.text.replace("\n", "")
        assert "at " + "M" * 24 in joined
        assert "as " + "W" * 24 in joined
        seen.add(desk.screen.text.split("\n")[0])
    assert any(row.startswith("Log in?") for row in seen)
    assert {"hint: ABCDEFGH", "hint: ABCDEFGH IJKLM"} <= seen or len(seen) >= 3


@pytest.mark.parametrize("hint", ["Firefox 127.0.  ok = cancel", " " * 16 + "as admin", "x" * 22 + "at Bank"])
def test_a_hint_puts_no_row_on_the_screen_that_looks_like_the_tokens(desk: Desk, hint: str) -> None:
    desk.call("session.start", payload=compose.to_text(login_body(hint=hint)))
    desk.send("otp.generate", index=0)
    for _ in range(12):
        for row in desk.screen.text.split("\n"):
            assert row.startswith(("Log in?", "at Sparekey demo", "as ada", "hint: ")), row
        desk.pass_seconds(1)


def test_no_press_counts_while_the_screen_is_dark(desk: Desk) -> None:
    desk.call("session.start", payload=compose.to_text(login_body()))
    asked = desk.send("otp.generate", index=0)
    desk.screen.plugged = False
    desk.pass_seconds(3)
    desk.press("ok", "ok")
    assert desk.answer(asked) is None
    desk.screen.plugged = True
    desk.pass_seconds(3)
    desk.press("ok")
    assert "otp" in outcome(desk.answer(asked))
