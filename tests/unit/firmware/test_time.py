"""What may move the token's clock: a server's fresh proof, a little; a person's press, any way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey_token import RELEASED
from sparekey_token.core import compose, proof
from sparekey_token.flows.timekeeping import LATEST
from sparekey_token.parts import calendar
from sparekey_token.vault import Vault

from .doubles import ACCOUNT_KEY, NOW, SERVER_ID, Desk, Ram, Server, login_body, outcome
from .test_enrol import begin


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.add()
    return made


def prove(desk: Desk, shift: int, key: bytes = ACCOUNT_KEY) -> int:
    """Sends a proof for the desk's time and a shift; the request's id."""
    nonce = bytes.fromhex(desk.call("time.challenge", server_id=SERVER_ID.hex())["nonce"])
    unix = desk.clock.unix + shift
    return desk.send("time.set", unix=unix, proof=proof.time_proof(key, nonce, unix).hex())


def test_a_proof_moves_the_clock_at_once(desk: Desk) -> None:
    assert outcome(desk.answer(prove(desk, 45))) == {"offset": 45}
    assert desk.clock.unix == NOW + 45
    assert outcome(desk.answer(prove(desk, -45))) == {"offset": -45}
    assert outcome(desk.answer(prove(desk, 1))) == {"offset": 0}


def test_the_challenge_names_the_account(desk: Desk) -> None:
    assert desk.call("time.challenge", server_id=SERVER_ID.hex())["ref"] == 12345
    assert desk.call("time.challenge", server_id=bytes(8).hex()) == "no_account"


@pytest.mark.parametrize("wrong", ["key", "late", "twice", "never asked", "other time"])
def test_a_wrong_late_or_used_proof_is_refused(desk: Desk, wrong: str) -> None:
    nonce = bytes.fromhex(desk.call("time.challenge", server_id=SERVER_ID.hex())["nonce"])
    unix = NOW + 40
    made = proof.time_proof(bytes(32) if wrong == "key" else ACCOUNT_KEY, nonce, unix)
    if wrong == "late":
        desk.pass_seconds(31)
    if wrong == "twice":
        desk.call("time.set", unix=unix, proof=made.hex())
    if wrong == "never asked":
        desk.app.token.challenge = None
    before = desk.clock.unix
    unix += wrong == "other time"
    assert desk.call("time.set", unix=unix, proof=made.hex()) == "proof_refused"
    assert desk.clock.unix == before


def test_proofs_move_it_by_600_seconds_in_any_24_hours(desk: Desk) -> None:
    for shift in (300, -200, 100):
        assert outcome(desk.answer(prove(desk, shift))) == {"offset": shift}
    desk.power_up()
    asked = prove(desk, 2)
    assert desk.answer(asked) is None
    assert desk.screen.view.name == "time.ask"
    assert "says Sparekey demo" in desk.screen.text
    desk.press("back")
    assert outcome(desk.answer(asked)) == "declined"
    desk.clock.unix += 86_000
    desk.rounds(30)
    assert desk.answer(prove(desk, 2)) is None
    desk.press("back")
    desk.clock.unix += 401
    desk.rounds(30)
    assert outcome(desk.answer(prove(desk, 600))) == {"offset": 600}


def test_a_larger_step_waits_for_a_press_with_both_times_shown(desk: Desk) -> None:
    asked = prove(desk, 3600)
    assert desk.answer(asked) is None
    assert calendar.written(NOW) in desk.screen.text
    assert calendar.written(NOW + 3600) in desk.screen.text
    desk.pass_seconds(5)
    desk.press("ok")
    assert outcome(desk.answer(asked))["offset"] == 3600
    assert desk.clock.unix == NOW + 3605


def test_without_a_proof_a_press_is_needed(desk: Desk) -> None:
    asked = desk.send("time.set", unix=NOW + 10)
    assert desk.answer(asked) is None
    assert "says your computer" in desk.screen.text
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"offset": 10}


@pytest.mark.parametrize("unix", [0, 1_700_000_000, RELEASED - 1, 1 << 32, 1 << 80])
def test_what_can_be_no_time_is_not_asked(desk: Desk, unix: int) -> None:
    assert desk.call("time.set", unix=unix) == "invalid_params"


def test_the_day_of_the_release_is_a_time(desk: Desk) -> None:
    asked = desk.send("time.set", unix=RELEASED)
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"offset": RELEASED - NOW}
    assert desk.call("hello", versions=[1])["clock"] == "set"
    desk.clock.unix = RELEASED - 1
    desk.rounds(30)
    assert desk.call("hello", versions=[1])["clock"] == "unset"


def test_an_enrolment_takes_no_time_from_before_the_release() -> None:
    desk, server = Desk(), Server()
    desk.clock.fault = "lost"
    desk.rounds(30)
    asked = desk.send("enrol.finish", **server.reveal(begin(desk, server), unix=RELEASED - 1))
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"index": 0}
    assert desk.call("hello", versions=[1])["clock"] == "unset"


def test_a_lost_clock_is_mended_by_a_press(desk: Desk) -> None:
    desk.clock.fault = "lost"
    desk.rounds(30)
    assert "set-time" in desk.screen.text.replace("\n", " ")
    asked = desk.send("time.set", unix=NOW)
    assert "unset" in desk.screen.text
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"offset": 0}
    desk.press("ok")
    assert desk.screen.view.name == "idle"


def test_a_clock_set_far_ahead_by_mistake_comes_back_by_a_press(desk: Desk) -> None:
    desk.vault.use_interval(NOW // 120 + 5000)
    desk.rounds(30)
    assert desk.screen.view.name == "idle.clock_unset"
    asked = desk.send("time.set", unix=NOW)
    desk.press("ok")
    assert isinstance(outcome(desk.answer(asked)), dict)
    assert isinstance(desk.call("session.start", payload=compose.to_text(login_body())), dict)
    desk.vault.use_interval(NOW // 120 + 5001)
    desk.rounds(30)
    assert desk.call("session.start", payload=compose.to_text(login_body())) == "clock_unset"


def test_a_proof_alone_never_goes_back_over_a_used_interval(desk: Desk) -> None:
    desk.vault.use_interval(NOW // 120)
    assert desk.answer(prove(desk, -240)) is None
    assert desk.screen.view.name == "time.ask"


def test_a_step_of_seventy_years_is_made_and_undone() -> None:
    """More seconds than a setting of the vault's holds."""
    desk = Desk(vault=Vault(Ram(), secret=b"chip"))
    desk.add()
    for unix in (NOW + 5, LATEST - 600, NOW):
        before = desk.clock.unix
        asked = desk.send("time.set", unix=unix)
        desk.press("ok")
        assert outcome(desk.answer(asked)) == {"offset": unix - before}
        assert desk.clock.unix == unix
    said = desk.call("hello", versions=[1])
    desk.press("ok", "ok", "next", "ok")
    assert desk.screen.view.name == "menu.clock"  # and fits the screen, or the desk's would have complained
    assert said["clock"] == "set"
    assert said["offset"] == -(1 << 31)
    assert "drift" not in said


def test_hello_tells_offset_and_drift(desk: Desk) -> None:
    said = desk.call("hello", versions=[1])
    assert "offset" not in said
    assert "drift" not in said
    desk.call("cancel")
    desk.send("time.set", unix=NOW + 100)
    desk.press("ok")
    desk.clock.unix += 864_000
    desk.rounds(30)
    prove(desk, 4)
    said = desk.call("hello", versions=[1])
    assert said["offset"] == 4
    assert said["drift"] == 4


@given(st.integers(0, 4_102_444_799))
def test_the_calendar_agrees_with_the_standard_library(unix: int) -> None:
    from datetime import UTC, datetime

    there = datetime.fromtimestamp(unix, UTC)
    assert calendar.date(unix) == there.timetuple()[:6]
    assert calendar.unix(*there.timetuple()[:6]) == unix
    assert calendar.written(unix) == f"{there:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("date", [(2026, 2, 29, 0, 0, 0), (2026, 13, 1, 0, 0, 0), (2026, 1, 1, 24, 0, 0)])
def test_what_is_no_date_is_refused(date: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        calendar.unix(*date)
