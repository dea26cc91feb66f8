"""The watchdog never bites at what takes long: the longest time between two feeds on a slow RP2040."""

import os

import pytest

from sparekey_token.core import compose
from sparekey_token.core.errors import Refused

from .doubles import SERVER_ID, Server, login_body, outcome
from .slow_board import WATCHDOG, SlowDesk
from .test_enrol import begin

PIN = "4711"


@pytest.fixture(scope="module")
def full() -> tuple[bytes, bytes]:
    """nvm and EEPROM of a token with as many accounts as it takes."""
    desk = SlowDesk()
    public, key = Server().public, bytes(range(32))
    with desk.watched(), pytest.raises(Refused, match="vault_full"):
        for number in range(100):
            name = f"user {number:03}"
            desk.vault.add(SERVER_ID, public, "Sparekey demo", name, number, "crock32-30", False, key)
    with desk.watched():
        desk.vault.remove(0)
        desk.vault.remove(1)
    assert desk.vault.count > 60
    return bytes(desk.nvm), bytes(desk.eeprom)


@pytest.fixture
def desk(full: tuple[bytes, bytes]) -> SlowDesk:
    return SlowDesk(*full)


def fill_the_log(desk: SlowDesk) -> None:
    """Whatever is appended next takes a compaction."""
    minutes = 1
    while desk.vault._store.homes.room >= 12:
        minutes = minutes % 60 + 1
        desk.vault.set_setting("time_out", minutes)


def set_pin(desk: SlowDesk) -> None:
    asked = desk.send("pin.change")
    desk.press("ok")
    desk.type_pin(PIN)
    desk.type_pin(PIN)
    assert outcome(desk.answer(asked)) == {}
    desk.press("ok")


def scan(desk: SlowDesk) -> int:
    return desk.send("session.start", payload=compose.to_text(login_body(session=os.urandom(16))))


def test_an_enrolment_with_two_key_agreements(desk: SlowDesk) -> None:
    fill_the_log(desk)
    with desk.watched():
        server = Server()
        asked = desk.send("enrol.finish", **server.reveal(begin(desk, server)))
        desk.press("ok")
        assert "index" in outcome(desk.answer(asked))
    assert desk.longest < WATCHDOG


def test_a_login_whose_interval_takes_a_compaction(desk: SlowDesk) -> None:
    fill_the_log(desk)
    with desk.watched():
        outcome(desk.answer(scan(desk)))
        asked = desk.send("otp.generate", index=3)
        desk.press("ok")
        assert "otp" in outcome(desk.answer(asked))
    assert desk.longest < WATCHDOG
    assert desk.eeprom[:2] == b"SK", "it was compacted through the EEPROM"


def test_a_removal(desk: SlowDesk) -> None:
    with desk.watched():
        asked = desk.send("accounts.remove", index=5)
        desk.press("ok")
        assert outcome(desk.answer(asked)) == {}
    assert desk.longest < WATCHDOG


def test_a_pin_is_set_and_typed_and_eight_wrong_ones_erase_all(desk: SlowDesk) -> None:
    with desk.watched():
        set_pin(desk)
        desk.vault.lock()
        fill_the_log(desk)
        asked = scan(desk)
        desk.rounds()
        desk.type_pin(PIN)
        assert "accounts" in outcome(desk.answer(asked))
        for _ in range(8):
            desk.vault.lock()
            fill_the_log(desk)
            scan(desk)
            desk.pass_seconds(1900)
            desk.type_pin("9999")
            desk.press("ok", "back")
        assert desk.vault.count == 0
    assert desk.longest < WATCHDOG


def test_a_wipe(desk: SlowDesk) -> None:
    with desk.watched():
        asked = desk.send("wipe")
        desk.press("ok", "next")
        assert outcome(desk.answer(asked)) == {}
    assert desk.longest < WATCHDOG


@pytest.mark.parametrize("found", ["nvm lost", "nvm damaged", "nvm ruined", "wipe cut off"])
def test_a_power_up_that_mends_the_vault(desk: SlowDesk, found: str) -> None:
    if found == "nvm lost":
        desk.nvm[:] = b"\xff" * len(desk.nvm)
    elif found == "nvm damaged":
        desk.nvm[600:900] = b"\x55" * 300
    elif found == "nvm ruined":
        desk.nvm[30:4000] = b"\x55" * 3970
    else:
        desk.nvm[3] = 0
    begun = desk.time.now
    with desk.watched():
        desk.vault = desk.opened()
        desk.power_up()
        desk.rounds()
    assert desk.longest < WATCHDOG
    if found == "nvm ruined":
        assert desk.time.now - begun > WATCHDOG, "it is fed while it opens"
    assert (desk.vault.count > 60) is (found in ("nvm lost", "nvm damaged"))


def test_the_reckoning_finds_what_takes_too_long(desk: SlowDesk) -> None:
    """The same work without the loop's turns between: the watchdog would bite."""
    with desk.watched():
        for step in desk.vault.change_pin(PIN):
            assert step is None
        fill_the_log(desk)
        desk.vault.remove(7)
    assert desk.longest > WATCHDOG
