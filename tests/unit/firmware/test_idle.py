"""What the token shows unasked: a new token's first words, and what the vault found when it was opened."""

from .doubles import Desk, Vault


def shown(desk: Desk) -> str:
    return str(desk.screen.view.name)


def test_a_token_that_never_had_an_account_says_how_to_begin() -> None:
    desk = Desk()
    desk.clock.fault = "lost"
    desk.rounds(30)
    assert shown(desk) == "idle.new"
    desk.add("ada")
    desk.rounds(30)
    assert shown(desk) == "idle.clock_unset"


def test_what_the_vault_found_is_told_once_each_power_up() -> None:
    vault = Vault()
    vault.wiping, vault.damaged = True, 2
    desk = Desk(vault=vault)
    desk.rounds()
    assert shown(desk) == "idle.wiped"
    desk.press("ok")
    assert shown(desk) == "idle.damaged"
    desk.press("ok")
    desk.rounds()
    assert shown(desk) == "idle"
    desk.power_up()
    desk.rounds()
    assert shown(desk) == "idle.wiped"


def test_a_request_takes_the_place_of_what_is_told() -> None:
    vault = Vault()
    vault.damaged = 1
    desk = Desk(vault=vault)
    desk.rounds()
    assert desk.call("ping") == {}
    assert shown(desk) == "idle.damaged"
