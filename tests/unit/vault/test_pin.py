"""The PIN: attempts written down first, growing waits, the eighth wrong one, and what is encrypted."""

import hashlib
import os
from dataclasses import replace

import pytest

from sparekey.virtual.chips.supply import PowerCut
from sparekey_token.core.errors import Refused
from sparekey_token.vault import Vault, compaction, stretch
from sparekey_token.vault.pin import WAITS
from sparekey_token.vault.record import TRIES

from .boards import KINDS, Board, done
from .model import Model, add
from .test_cuts import ADA, CLEO, START, prepare, remains


@pytest.mark.parametrize("pin", ["1234", "000000000000"])
def test_the_attempt_is_on_the_medium_before_it_is_checked(pin: str) -> None:
    board = Board("rp2 eeprom")
    board.rounds = 100
    prepare(board.vault())
    work = board.vault().unlock(pin)
    next(work)  # the first slice of the stretching
    work.close()  # power off
    assert board.vault().tries_left == 8 - START.tries - 1


def test_an_attempt_that_cannot_be_written_is_not_made() -> None:
    """The log is full and there is no second home: no PIN is tried, right or wrong."""
    board = Board("rp2 alone")
    vault = board.vault()
    add(vault, ADA)
    done(vault.change_pin("1234"))
    with pytest.raises(Refused, match="fault: the log is full"):
        for t in range(1, 1000):
            vault.use_interval(t)
    while True:
        try:
            assert done(vault.unlock("1234"))
        except Refused as refusal:
            assert refusal.name == "fault"  # noqa: PT017
            break
    with pytest.raises(Refused, match="fault: the log is full"):
        done(board.vault().unlock("1234"))


@pytest.mark.parametrize("room", range(6, 14))
def test_an_attempt_is_made_only_if_it_can_be_forgiven(room: int) -> None:
    """Found by ``make fuzz``: a log with room for the attempt alone refused a right PIN, and counted it."""
    board = Board("rp2 alone")
    vault = board.vault()
    done(vault.change_pin("1234"))
    for t in range(1, 1000):
        left = vault._store.homes.room
        if left - 9 < room:
            break
        vault.use_interval(t)
    while vault._store.homes.room > room + 5:  # the rest, less finely
        vault._store.append(TRIES, bytes(1))
    try:
        opened = done(vault.unlock("1234"))
    except Refused:
        opened = False
    assert vault.tries_left == board.vault().tries_left == 8
    assert opened or vault._store.homes.room < 12


@pytest.mark.parametrize("kind", KINDS)
def test_the_eighth_wrong_pin_wipes_across_restarts(kind: str) -> None:
    board = Board(kind)
    prepare(board.vault())
    key, account, server = board.payload(1), board.payload(0x40), board.payload(3)
    waits = []
    for left in range(5, -1, -1):
        vault = board.vault()
        waits.append(vault.wait_seconds)
        assert not done(vault.unlock("9999"))
        assert vault.tries_left == (left or 8)
    assert waits == list(WAITS[2:])
    assert waits == sorted(waits)
    assert not vault.has_pin
    assert Model().holds(vault)
    assert Model().holds(board.vault())
    assert not any(remains(secret, board.raw()) for secret in (key, account, server))
    assert add(board.vault(), ADA) == 0


def test_power_off_during_the_eighth_check_wipes_at_the_next_opening() -> None:
    board = Board("rp2 eeprom")
    board.rounds = 100
    prepare(board.vault())
    for _ in range(5):
        done(board.vault().unlock("9999"))
    work = board.vault().unlock("1234")  # the right one, even
    next(work)
    work.close()
    vault = board.vault()
    assert vault.wiping
    assert Model().holds(vault)
    assert not board.vault().wiping


def test_a_right_pin_clears_the_count_and_locking_forgets() -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    vault = board.vault()
    assert vault.wait_seconds == 5
    assert done(vault.unlock("1234"))
    assert (vault.tries_left, vault.wait_seconds) == (8, 0)
    assert vault.key(0) == ADA.key
    held = vault._lock.vault_key
    vault.lock()
    assert held == bytes(32)
    assert not vault.unlocked
    for use in (vault.accounts, lambda: vault.key(0), lambda: vault.account(0), lambda: vault.remove(0)):
        with pytest.raises(Refused, match="locked"):
            use()
    with pytest.raises(Refused, match="locked"):
        add(vault, CLEO)
    with pytest.raises(Refused, match="locked"):
        done(vault.change_pin(None))
    assert vault.server_key(ADA.server_id) == ADA.server_key


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "١٢٣٤", "12 4"])
def test_what_is_no_pin_is_no_attempt(pin: str) -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    vault = board.vault()
    with pytest.raises(ValueError, match="4 to 12 digits"):
        done(vault.unlock(pin))
    assert vault.tries_left == 8 - START.tries
    assert done(vault.unlock("1234"))
    with pytest.raises(ValueError, match="4 to 12 digits"):
        done(vault.change_pin(pin))


def test_a_lock_while_the_new_pin_is_stretched_stops_the_change() -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    vault = board.vault()
    assert done(vault.unlock("1234"))
    vault._lock.rounds = 500
    change = vault.change_pin("7777")
    next(change)
    vault.lock()
    with pytest.raises(Refused, match="locked"):
        done(change)
    assert done(board.vault().unlock("1234"))


@pytest.mark.parametrize("pin", [None, "1234"])
def test_neither_keys_nor_names_lie_open_on_the_media(pin: str | None) -> None:
    board = Board("rp2 eeprom")
    vault = board.vault()
    add(vault, ADA)
    add(vault, CLEO)
    done(vault.change_pin(pin))
    compaction.compact(vault._store)
    add(vault, START.accounts[1])
    raw = board.raw()
    vault_key = bytes(vault._lock.vault_key)
    for secret in (ADA.key, CLEO.key, b"Demo bank", "Κεντρική".encode(), b"ada", b"bob", vault_key):
        assert secret[:6] not in raw


def test_another_device_reads_nothing_and_destroys_nothing() -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    raw = board.raw()
    memory = board.vault()._store.homes.first.memory
    second = board.vault()._store.homes.second
    assert second
    vault = Vault(memory, second.memory, secret=b"another device's")
    assert (vault.count, vault.damaged, vault.has_pin) == (0, 1, False)
    with pytest.raises(Refused, match="fault"):
        add(vault, ADA)
    assert board.raw() == raw
    vault.wipe()
    assert add(vault, ADA) == 0


def test_stretching_is_pbkdf2() -> None:
    for pin, rounds in (("1234", 1), ("999999999999", 41), ("0000", 1000)):
        salt = os.urandom(16)
        ours = done(stretch.stretch(pin, salt, rounds))
        assert ours == hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, rounds)


def test_stretching_lets_the_loop_go_on() -> None:
    assert sum(1 for _ in stretch.stretch("1234", bytes(16), 4000)) == 4000 // stretch.SLICE


def test_the_rounds_are_the_vaults() -> None:
    """A PIN set with one number of rounds opens after the firmware has changed its mind."""
    board = Board("rp2 eeprom")
    vault = board.vault()
    vault._lock.rounds = 90
    add(vault, ADA)
    done(vault.change_pin("1234"))
    assert done(board.vault().unlock("1234"))


def test_keys_and_salts_come_from_the_systems_randomness() -> None:
    assert (Vault.__init__.__kwdefaults__ or {})["random"] is os.urandom


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_records_are_ever_encrypted_under_one_serial_number(kind: str) -> None:
    """Neither after a removal, a compaction or a restart, nor after a write that was torn."""
    board = Board(kind)
    used: list[int] = []

    def enrol(index: int) -> None:
        vault = board.vault()
        account = replace(ADA, server_id=b"server%02d" % index, reference=index)
        at = vault._store.contents.accounts.get(add(vault, account))
        server = max(vault._store.contents.servers.values())
        assert at
        for place, start in ((server, 41), (at, 1)):
            found = vault._store.homes.at(place)
            assert found
            used.append(int.from_bytes(found[1][start : start + 2], "big"))

    for index in range(4):
        enrol(index)
        board.vault().remove(0)
        board.vault()
    vault = board.vault(cut_at=2, seed=1)  # in the middle of the server's record
    with pytest.raises(PowerCut):
        add(vault, replace(ADA, server_id=b"torn-one"))
    torn = board.vault()._store.homes.first.torn
    enrol(9)
    assert used == sorted(set(used))
    assert torn is None or used[-2] > used[-3] + 1


def _serials(board: Board) -> list[int]:
    """The serial numbers of the accounts that can be read, by place."""
    vault = board.vault()
    places = sorted(vault._store.contents.accounts.values())
    found = [vault._store.homes.at(place) for place in places]
    return [int.from_bytes(record[1][1:3], "big") for record in found if record]


@pytest.mark.parametrize("kind", ["rp2 eeprom", "rp2 alone"])
@pytest.mark.parametrize("between", [False, True])
def test_a_torn_write_used_its_serial_number_however_often_the_power_comes_back(
    kind: str, between: bool
) -> None:
    board = Board(kind, granule=1)
    add(board.vault(), ADA)
    vault = board.vault(cut_at=50, seed=1)  # near the end of the account's record
    with pytest.raises(PowerCut):
        add(vault, replace(ADA, reference=2, key=b"t" * 32))
    assert board.vault()._store.homes.first.torn
    if between:
        board.vault().set_setting("brightness", 3)  # says that it is torn
        assert board.vault()._store.homes.first.torn is None
    add(board.vault(), replace(ADA, reference=3))
    assert _serials(board) == [2, 4]


def test_damage_used_as_many_serial_numbers_as_it_may_have_records() -> None:
    board = Board("rp2 alone")
    vault = board.vault()
    for reference in range(4):
        add(vault, replace(ADA, reference=reference))
    raw = bytearray(board.raw())
    for index in (2, 3):
        raw[vault._store.contents.accounts[index] + 30] ^= 1
    board.restore(bytes(raw))
    vault = board.vault()
    assert vault.damaged == 1
    add(vault, replace(ADA, reference=9))
    assert _serials(board)[-1] > 5


def test_after_the_last_serial_number_the_vault_asks_to_be_wiped() -> None:
    board = Board("rp2 eeprom", granule=1)
    vault = board.vault()
    add(vault, ADA)
    vault._store.contents.serial = 0xFFFE
    with pytest.raises(Refused, match="all serial numbers are used"):
        add(vault, replace(CLEO, reference=5))  # its server has the last one
    for _ in range(2):  # torn writes count on, but not past what a header can say
        with pytest.raises(PowerCut):
            board.vault(cut_at=3, seed=1).set_setting("brightness", 9)
        board.vault().set_setting("brightness", 9)
        board.vault().set_setting("brightness", 8)
    vault = board.vault()
    compaction.compact(vault._store)
    with pytest.raises(Refused, match="all serial numbers are used"):
        add(vault, replace(ADA, reference=5))
    assert board.vault().key(0) == ADA.key
    vault.wipe()
    assert add(vault, ADA) == 0
