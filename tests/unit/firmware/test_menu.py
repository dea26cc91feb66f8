"""The token's own menu, with next, ok and back."""

import pytest

from .doubles import Desk


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.add()
    return made


def go(desk: Desk, entry: int) -> str:
    desk.press("ok", *["next"] * entry, "ok")
    return desk.screen.text


def test_accounts_are_looked_through_and_erased(desk: Desk) -> None:
    desk.add("grace")
    assert "1 of 2" in go(desk, 0)
    desk.press("next")
    assert "as grace" in desk.screen.text
    desk.press("ok")
    assert desk.screen.view.name == "account.remove"
    desk.press("ok")
    assert [one.name for one in desk.vault.accounts()] == ["ada"]


def test_without_accounts_it_says_how_to_add_one() -> None:
    desk = Desk()
    assert "QR code" in go(desk, 0)


def test_the_clock_is_shown(desk: Desk) -> None:
    assert "2026-11-24" in go(desk, 1)
    desk.press("back", "back")
    desk.clock.fault = "bus"
    desk.rounds(30)
    assert "wires" in go(desk, 1)


def test_brightness_is_tried_and_kept_or_not(desk: Desk) -> None:
    go(desk, 3)
    desk.press("next")
    assert desk.screen.percent == 10
    desk.press("back")
    assert desk.screen.percent == 100
    desk.press("ok", "next", "next", "ok")
    assert desk.vault.setting("brightness", 0) == 25
    desk.power_up()
    assert desk.screen.percent == 25


def test_the_time_out_is_kept(desk: Desk) -> None:
    assert "5 min" in go(desk, 4)
    desk.press("next", "ok")
    assert desk.vault.setting("time_out", 0) == 15


def test_about_tells_what_it_is(desk: Desk) -> None:
    text = go(desk, 5)
    assert "Sparekey 0." in text
    assert "id " + b"tokentok".hex() in text
    assert "1 of 20 accounts" in text


def test_erasing_all_takes_two_presses(desk: Desk) -> None:
    go(desk, 6)
    desk.press("ok", "next")
    assert desk.vault.count == 0


def test_locking_now(desk: Desk) -> None:
    desk.vault.pin = "1234"
    go(desk, 7)
    assert not desk.vault.unlocked
    assert desk.screen.view.name == "idle.locked"


def test_back_leaves_and_a_minute_leaves_too(desk: Desk) -> None:
    go(desk, 5)
    desk.press("back", "back")
    assert desk.screen.view.name == "idle"
    go(desk, 5)
    desk.pass_seconds(62)
    assert desk.screen.view.name == "idle"
