"""What the vault promises the flows: accounts, servers, capacity, settings, the used interval."""

from dataclasses import replace

import pytest

from sparekey_token.core.errors import Refused
from sparekey_token.core.otp import FORMATS
from sparekey_token.vault import (
    Account,
    Vault,
    accounts,
    compaction,
    header,
    record,
    room,
    settings,
    wrapping,
)

from .boards import KINDS, Board, done
from .model import Enrolled, add
from .test_cuts import ADA, BOB, CLEO, START, prepare, remains


def test_an_account_comes_back_as_it_was() -> None:
    board = Board("rp2 eeprom")
    vault = board.vault()
    assert tuple(vault.accounts()) == ()
    assert board.raw() == b"\xff" * len(board.raw()), "looking writes nothing"
    assert [add(vault, account) for account in (ADA, BOB, CLEO)] == [0, 1, 2]
    vault = board.vault()
    assert vault.account(2) == Account(2, b"server-2", "Κεντρική", "cléo", 1 << 29, "decimal-30", True)
    assert [a.name for a in vault.accounts(b"server-1")] == ["ada", "bob"]
    assert tuple(vault.accounts(b"server-3")) == ()
    assert (vault.key(1), vault.server_key(b"server-2"), vault.server_key(b"server-3")) == (
        BOB.key,
        b"T" * 32,
        None,
    )
    with pytest.raises(Refused, match="no_account"):
        vault.key(3)
    with pytest.raises(Refused, match="no_account"):
        vault.account(3)
    with pytest.raises(Refused, match="no_account"):
        vault.remove(3)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_format_of_the_core_can_be_kept(format: str) -> None:
    vault = Board("rp2 alone").vault()
    assert vault.account(add(vault, replace(ADA, format=format))).format == format
    assert sorted(accounts.FORMATS) == sorted(FORMATS)


def test_a_removed_index_is_the_next_one_given() -> None:
    vault = Board("rp2 eeprom").vault()
    for account in (ADA, BOB, CLEO):
        add(vault, account)
    vault.remove(1)
    with pytest.raises(Refused, match="no_account"):
        vault.key(1)
    assert vault.count == 2
    assert add(vault, BOB) == 1


def test_another_key_for_a_known_server_is_refused() -> None:
    vault = Board("rp2 eeprom").vault()
    add(vault, ADA)
    with pytest.raises(Refused, match="enrolment_refused"):
        add(vault, replace(BOB, server_key=b"E" * 32))
    with pytest.raises(Refused, match="enrolment_refused"):
        add(vault, replace(BOB, reference=ADA.reference))
    vault.remove(0)
    assert vault.server_key(ADA.server_id) is None
    assert add(vault, replace(BOB, server_key=b"E" * 32)) == 0
    assert vault.server_key(ADA.server_id) == b"E" * 32


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "n" * 25},
        {"server": "é" * 13},
        {"key": b"k" * 31},
        {"server_id": b"short"},
        {"server_key": b"S" * 33},
        {"format": "crock32-31"},
        {"reference": 1 << 30},
        {"reference": -1},
    ],
)
def test_what_no_account_can_be(wrong: dict[str, object]) -> None:
    vault = Board("rp2 eeprom").vault()
    with pytest.raises(ValueError, match=r"wrong size|too long"):
        add(vault, replace(ADA, **wrong))  # type: ignore[arg-type]
    assert vault.count == 0


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_accounts_of_the_longest_kind(kind: str) -> None:
    """Each of another server, all names of 24 bytes."""
    board = Board(kind)
    vault = board.vault()
    assert vault.capacity >= 20
    several = [
        Enrolled(
            b"server%02d" % n, bytes([n]) * 32, "S" * 24, "n" * 24, n, "crock32-30", True, bytes([n]) * 32
        )
        for n in range(20)
    ]
    for account in several:
        add(vault, account)
    done(vault.change_pin("123456"))
    vault = board.vault()
    assert done(vault.unlock("123456"))
    assert [vault.key(n) for n in range(20)] == [account.key for account in several]
    assert vault.capacity >= 20


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "alone" not in kind])
def test_sixty_four_accounts_with_a_second_home(kind: str) -> None:
    """With names of eight bytes at one server, a PIN and all settings: and it goes on working."""
    board = Board(kind)
    vault = board.vault()
    assert vault.capacity == 64
    for n in range(64):
        account = Enrolled(
            b"server-1", b"S" * 32, "Demobank", f"user{n:04}", n, "crock32-30", False, bytes([n]) * 32
        )
        assert add(vault, account) == n
        assert vault.capacity == 64
    with pytest.raises(Refused, match="vault_full"):
        add(vault, replace(ADA, reference=99))
    done(vault.change_pin("1234"))
    for name in settings.NAMES:
        vault.set_setting(name, -1)
    for t in range(14_000_000, 14_000_020):
        vault = board.vault()
        assert not done(vault.unlock("4321"))
        assert done(vault.unlock("1234"))
        vault.use_interval(t)
    assert [vault.key(n)[0] for n in range(64)] == list(range(64))
    vault.remove(63)
    assert vault.count == 63


def test_what_always_stands_is_as_long_as_its_parts() -> None:
    payloads = (wrapping.WRAPPED, 1, 4, settings.ENTRY * len(settings.NAMES))
    assert header.SIZE + sum(record.OVERHEAD + length for length in payloads) == room.STANDING
    assert len(wrapping.wrap(b"secret", bytes(32), b"", bytes(16), 1)) == wrapping.WRAPPED


def test_capacity_is_told_truly_as_it_fills() -> None:
    """Whatever it says it takes, with names of eight bytes of a known server, it takes."""
    for kind in KINDS:
        vault = Board(kind).vault()
        n = 0
        while n < vault.capacity:
            add(vault, replace(ADA, name="eight ch", server="Demobank", reference=n))
            n += 1
        assert n == vault.count >= 20
        with pytest.raises(Refused, match="vault_full"):
            add(vault, replace(ADA, name="eight ch", reference=n))


def test_settings_and_the_used_interval() -> None:
    board = Board("rp2 alone")
    vault = board.vault()
    assert vault.setting("brightness", 80) == 80
    vault.set_setting("brightness", 0)
    vault.set_setting("a name of one's own", -(1 << 31))
    vault.use_interval(7)
    vault.use_interval(6)
    raw = board.raw()
    vault.set_setting("brightness", 0)
    vault.use_interval(7)
    assert board.raw() == raw, "nothing new, nothing written"
    vault = board.vault()
    assert (vault.setting("brightness", 80), vault.setting("a name of one's own", 0)) == (0, -(1 << 31))
    assert vault.used_interval() == 7
    with pytest.raises(ValueError, match="32 bits"):
        vault.set_setting("brightness", 1 << 31)


def test_leftovers_go_as_soon_as_there_is_a_second_home() -> None:
    board = Board("rp2 eeprom")
    board.second_missing = True
    vault = board.vault()
    add(vault, ADA)
    secret, wrapped = board.payload(0x40), board.payload(1)
    add(vault, BOB)
    vault.remove(0)
    done(vault.change_pin("1234"))
    assert vault.leftovers
    assert remains(secret, board.raw())
    board.second_missing = False
    vault = board.vault()
    assert not vault.leftovers
    assert not remains(secret, board.raw())
    assert not remains(wrapped, board.raw())


def test_a_second_home_that_comes_back_after_a_wipe_brings_nothing_back() -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    board.second_missing = True
    board.vault().wipe()
    board.second_missing = False
    vault = board.vault()
    assert (vault.count, vault.has_pin, vault.damaged) == (0, False, 0)
    assert board.raw()[4096:] == b"\xff" * 4096


def test_an_older_copy_in_the_second_home_gives_no_tries_back() -> None:
    """Who has the EEPROM in their hands puts an older content back."""
    board = Board("rp2 eeprom")
    prepare(board.vault())
    older = board.raw()[4096:]
    for _ in range(3):
        done(board.vault().unlock("9999"))
    compaction.compact(board.vault()._store)
    board.restore(board.raw()[:4096] + older)
    assert board.vault().tries_left == 3


def test_another_tokens_second_home_is_left_alone_until_it_is_needed() -> None:
    board, other = Board("rp2 eeprom"), Board("rp2 eeprom")
    prepare(board.vault())
    homes = other.vault()._store.homes
    assert homes.second
    add(Vault(homes.first.memory, homes.second.memory, secret=b"another device's"), ADA)
    foreign = other.raw()[:4096]
    board.restore(board.raw()[:4096] + foreign)
    assert START.holds(board.vault())
    assert board.raw()[4096:] == foreign


@pytest.mark.parametrize("kind", ["esp32 eeprom", "esp32 file"])
@pytest.mark.parametrize("second", ["new", "one record behind"])
def test_a_mirror_is_brought_in_step_at_power_up(kind: str, second: str) -> None:
    """Any change of an ESP32's nvm may lose it all, so that the other home must have it."""
    board = Board(kind)
    prepare(board.vault())
    behind = board.raw()[8192:] if second == "one record behind" else b"\xff" * 4096
    board.vault().set_setting("time_out", 9)
    board.restore(board.raw()[:8192] + behind)
    board.vault()
    board.restore(b"\xff" * 8192 + board.raw()[8192:])
    assert START.set("time_out", 9).holds(board.vault())


@pytest.mark.parametrize("kind", ["rp2 eeprom", "esp32 eeprom"])
def test_a_second_home_that_dies(kind: str) -> None:
    board = Board(kind)
    vault = board.vault()
    add(vault, ADA)
    second = vault._store.homes.second
    assert second

    def dead(*_: object) -> bytes:
        raise OSError("no acknowledge")

    second.memory.read = second.memory.write = second.memory.erase = dead
    add(vault, BOB)
    vault.use_interval(5)
    with pytest.raises(Refused, match="fault"):
        vault.remove(0)
    assert vault.count == 2
    assert vault.key(0) == ADA.key
    vault = board.vault()
    assert (vault.count, vault.used_interval(), vault.damaged) == (2, 5, 0)
