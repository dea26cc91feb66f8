"""The token's time: who may move it, and what a token does that has lost it."""

import time

import pytest

from sparekey_token.core import compose, proof

from .serial_line import Refusal
from .service import Service, is_right
from .token_in_hand import Token


@pytest.mark.needs_battery
def test_a_lost_battery_means_no_otp_until_someone_sets_the_time(enrolled: Token) -> None:
    enrolled.program.post("/battery/out")
    shown = enrolled.wait_for("lost its")
    assert "set-time" in shown
    said = enrolled.hello()
    assert (said["clock"], said["unix"]) == ("unset", 0)
    text = compose.to_text(Service().login())
    assert enrolled.refused("session.start", payload=text) == "clock_unset"
    number = enrolled.ask("time.set", unix=int(time.time()))
    enrolled.wait_for("Set clock?")
    assert not enrolled.line.answered(number)
    enrolled.press("ok")
    enrolled.answer(number)
    assert enrolled.hello()["clock"] == "set"
    enrolled.scan(Service().login())


def test_time_set_without_proof_is_shown_and_can_be_declined(enrolled: Token) -> None:
    before = enrolled.hello()["unix"]
    number = enrolled.ask("time.set", unix=int(time.time()) + 86_400)
    enrolled.wait_for("Set clock?")
    enrolled.press("back")
    with pytest.raises(Refusal) as refused:
        enrolled.answer(number)
    assert refused.value.name == "declined"
    assert abs(enrolled.hello()["unix"] - before) < 30


@pytest.mark.needs_clock
def test_the_servers_proof_moves_the_clock_without_a_press(enrolled: Token) -> None:
    enrolled.program.post("/clock", shift=-200)
    asked = enrolled.call("time.challenge", server_id=Service().server_id.hex())
    assert asked["ref"] == enrolled.account.reference
    before = time.time()
    unix = int(before)
    right = proof.time_proof(enrolled.account.key, bytes.fromhex(asked["nonce"]), unix).hex()
    offset = enrolled.call("time.set", unix=unix, proof=right)["offset"]
    set_at = time.time()
    assert 198 - (set_at - before) <= offset <= 202
    assert is_right(enrolled.hello()["unix"], before)
    assert enrolled.refused("time.set", unix=unix, proof=right) == "proof_refused", "a nonce serves once"


def test_a_wrong_proof_moves_nothing(enrolled: Token) -> None:
    enrolled.call("time.challenge", server_id=Service().server_id.hex())
    before = enrolled.hello()["unix"]
    assert enrolled.refused("time.set", unix=before + 100, proof=bytes(32).hex()) == "proof_refused"
    assert enrolled.hello()["unix"] - before < 30


@pytest.mark.needs_clock
def test_the_question_times_out_by_itself(enrolled: Token) -> None:
    """Patience is measured by the chip's ticks, not by the clock: a shifted clock can't shorten it."""
    enrolled.scan(Service().login())
    number = enrolled.ask("otp.generate", index=0)
    enrolled.wait_for("Log in?")
    enrolled.program.post("/clock", shift=61)
    assert "Log in?" in enrolled.screen()
    enrolled.press("back")
    with pytest.raises(Refusal):
        enrolled.answer(number)


@pytest.mark.needs_clock
def test_a_clock_that_went_back_over_a_used_interval_makes_no_otp(enrolled: Token) -> None:
    body = Service().login()
    enrolled.scan(body)
    number = enrolled.ask("otp.generate", index=0)
    enrolled.wait_for("Log in?")
    enrolled.press("ok")
    enrolled.answer(number)
    enrolled.program.post("/clock", shift=-600)
    enrolled.wait_for("went back")
    assert enrolled.hello()["clock"] == "unset"


@pytest.mark.needs_power
def test_the_time_goes_on_without_power(enrolled: Token) -> None:
    enrolled.power_off()
    enrolled.power_on()
    asked = time.time()
    assert is_right(enrolled.hello()["unix"], asked)
