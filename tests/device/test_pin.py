"""The PIN, typed on the token: what locks, what opens, and that nothing forgives a wrong try."""

import time

import pytest

from sparekey_token.core import compose

from .serial_line import Refusal
from .service import Service, expected
from .token_in_hand import Token


def type_pin(token: Token, pin: str) -> None:
    """Types digits as a person does: next until the screen offers the digit, then ok; at last done."""
    wanted = [*pin] if len(pin) == 12 else [*pin, "done"]
    for stars, what in enumerate(wanted):
        offered = _offered(token, stars)
        while offered != what:
            token.press("next")
            offered = _offered(token, stars, other_than=offered)
        token.press("ok")


def _offered(token: Token, stars: int, other_than: str = "") -> str:
    """What the screen offers, once it shows so many stars and something ``other_than`` that."""
    end = time.monotonic() + 20
    while True:
        rows = token.screen().splitlines()
        if rows and rows[0].count("*") == stars and len(rows) > 1 and rows[1].strip() != other_than:
            return rows[1].strip()
        assert time.monotonic() < end, f"no PIN is typed here: {rows}"


@pytest.mark.needs_states
def test_a_locked_token_shows_no_names_and_makes_no_otp_until_the_pin(held: Token) -> None:
    held.begin("locked")
    said = held.hello()
    assert (said["pin"], said["locked"]) == (True, True)
    assert "Locked" in held.wait_for("Locked")
    assert held.refused("accounts.list") == "locked"
    body = Service().login()
    number = held.ask("session.start", payload=compose.to_text(body))
    held.wait_for("PIN?")
    type_pin(held, "1234")
    assert held.answer(number)["accounts"][0]["name"] == "ada"
    number = held.ask("otp.generate", index=0)
    held.wait_for("Log in?")
    since = time.time()
    held.press("ok")
    assert held.answer(number)["otp"] in expected(held.account, body, since)
    assert held.call("lock") == {}
    assert held.refused("accounts.list") == "locked"


@pytest.mark.needs_states
def test_a_wrong_pin_counts_and_a_restart_forgives_nothing(held: Token) -> None:
    held.begin("locked")
    held.press("ok")
    held.wait_for("PIN?")
    type_pin(held, "1235")
    held.wait_for("7 tries left")
    held.replug()
    held.press("ok")
    held.wait_for("PIN?", "Wait before")
    held.wait_for("PIN?", seconds=30)
    type_pin(held, "9876")
    held.wait_for("6 tries left")


@pytest.mark.needs_states
def test_waits_grow_and_are_shown(held: Token) -> None:
    held.begin("wrong-pins=4")
    held.press("ok")
    shown = held.wait_for("Wait before")
    assert "4 tries left" in shown


@pytest.mark.needs_states
def test_the_eighth_wrong_pin_wipes(held: Token) -> None:
    held.begin("wrong-pins=8")
    said = held.hello()
    assert (said["accounts"], said["pin"]) == (0, False)


def test_a_pin_is_set_on_the_token_and_promised_at_enrolment(token: Token) -> None:
    number = token.ask("pin.change")
    token.wait_for("4 to 12 digits")
    token.press("ok")
    token.wait_for("New")
    type_pin(token, "4711")
    token.wait_for("Again")
    type_pin(token, "4711")
    assert token.answer(number, 60) == {}
    assert token.hello()["pin"] is True
    service = Service.another()
    body = service.enrolment("ada")
    begun = token.ask("enrol.begin", payload=compose.to_text(body))
    token.wait_for("Add account?")
    token.press("ok")
    revealed_to = bytes.fromhex(token.answer(begun)["commitment"])
    service.reveal(token, body, revealed_to)
    assert token.call("cancel") == {}
    token.call("lock")
    assert token.hello()["locked"] is True


def test_two_pins_that_differ_are_typed_again(token: Token) -> None:
    number = token.ask("pin.change")
    token.wait_for("4 to 12 digits")
    token.press("ok")
    token.wait_for("New")
    type_pin(token, "4711")
    token.wait_for("Again")
    type_pin(token, "4712")
    token.wait_for("differ")
    token.call("cancel")
    with pytest.raises(Refusal):
        token.answer(number)
    assert token.hello()["pin"] is False
