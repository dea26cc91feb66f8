"""Bits that turn: a damaged record is found, said and never used, and mended where there is a copy."""

import pytest

from sparekey_token.core.errors import Refused
from sparekey_token.vault import Vault, compaction, header, record, wrapping
from sparekey_token.vault.replay import scan

from .boards import KINDS, Board, done
from .model import Model, add
from .test_cuts import ADA, CLEO, START, prepare


def _prepared(kind: str, compacted: bool) -> Board:
    board = Board(kind)
    vault = board.vault()
    prepare(vault)
    if compacted:
        compaction.compact(vault._store)
    assert START.holds(copied(board).vault())
    return board


def copied(board: Board) -> Board:
    """The same media again, to look without leaving traces."""
    copy = Board(f"{board.chip} {board.kind_of_second}")
    copy.restore(board.raw())
    return copy


def _used(board: Board) -> int:
    return int(board.vault()._store.homes.first.end)


def _harmless(vault: Vault) -> None:
    """Nothing is there that wasn't, no try was given back."""
    assert vault.tries_left <= 8 - START.tries
    if not vault.has_pin:
        return
    if done(vault.unlock("1234")):
        for account in vault.accounts():
            true = START.accounts[account.index]
            assert (account.server_id, account.server, account.name) == (
                true.server_id,
                true.server,
                true.name,
            )
            assert vault.key(account.index) == true.key


@pytest.mark.parametrize("bit", range(8))
def test_any_bit_turned_without_a_copy_is_said(bit: int) -> None:
    board = _prepared("rp2 alone", compacted=False)
    raw = board.raw()
    said = 0
    for place in range(_used(board)):
        changed = bytearray(raw)
        changed[place] ^= 1 << bit
        board.restore(bytes(changed))
        vault = board.vault()
        if vault.damaged:
            _harmless(vault)
            said += 1
        elif place != 3:  # any bit of the wiping byte wipes
            # the header is put right by its CRC, and a type byte read as if a cut had left it
            board.restore(bytes(changed))
            assert START.holds(board.vault())
    assert said > 300


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "alone" not in kind])
@pytest.mark.parametrize("flips", [0x01, 0x80, 0xFF])
def test_a_copy_mends_the_first_home(kind: str, flips: int) -> None:
    board = _prepared(kind, compacted=True)
    raw = board.raw()
    for place in range(_used(board)):
        if place == 3:
            continue
        changed = bytearray(raw)
        changed[place] ^= flips
        board.restore(bytes(changed))
        vault = board.vault()
        assert vault.damaged == 0
        assert START.holds(vault)
        board.restore(board.raw()[: 4096 if board.chip == "rp2" else 8192] + raw[-4096:])
        assert board.vault().damaged == 0


@pytest.mark.parametrize("kind", ["rp2 eeprom", "rp2 file"])
def test_what_came_after_the_copy_is_not_lost_with_the_header(kind: str) -> None:
    board = _prepared(kind, compacted=True)
    vault = board.vault()
    assert done(vault.unlock("1234"))
    index = add(vault, CLEO)
    raw = bytearray(board.raw())
    raw[4:12] = bytes(8)
    board.restore(bytes(raw))
    vault = board.vault()
    assert vault.damaged == 0
    assert done(vault.unlock("1234"))
    assert vault.key(index) == CLEO.key


@pytest.mark.parametrize("kind", ["rp2 eeprom", "rp2 file"])
def test_what_came_after_the_copy_is_said_when_damaged(kind: str) -> None:
    board = _prepared(kind, compacted=True)
    vault = board.vault()
    assert done(vault.unlock("1234"))
    index = add(vault, CLEO)
    place = vault._store.contents.accounts[index]
    raw = bytearray(board.raw())
    raw[place + 9] ^= 0x10
    board.restore(bytes(raw))
    vault = board.vault()
    assert vault.damaged == 1
    assert done(vault.unlock("1234"))
    assert vault.count == 2
    vault.remove(0)  # compacts
    assert vault.damaged == 1, "said as long as the token runs"
    assert board.vault().damaged == 0


def _with_pins(kind: str, *pins: str) -> tuple[Board, int]:
    """A board whose PIN 1234 was changed to ``pins``, the newest KEY record spoilt, both times that it is
    there; and its place."""
    board = Board(kind)
    vault = board.vault()
    prepare(vault)
    for pin in pins:
        done(vault.change_pin(pin))
    place = vault._store.contents.key
    assert place is not None
    raw = bytearray(board.raw())
    raw[place + 30] ^= 1
    if board.alone:
        raw[place - record.OVERHEAD - wrapping.WRAPPED + 30] ^= 1
    else:
        raw[len(raw) - 4096 + place + 30] ^= 1
    board.restore(bytes(raw))
    return board, place


@pytest.mark.parametrize("pins", [("1111",), ("1111", "2222")])
def test_alone_a_key_record_spoilt_twice_brings_the_pin_before_it_back(pins: tuple[str, ...]) -> None:
    """docs/vault.md says so, under "Not covered"."""
    board, place = _with_pins("rp2 alone", *pins)
    vault = board.vault()
    assert vault.damaged == 1, "it is said"
    key = vault._store.contents.key
    assert key is not None
    assert key < place
    before = ("1234", *pins)[-2]
    assert done(vault.unlock(before))
    assert vault.key(0) == START.accounts[0].key


def test_alone_the_first_pins_spoilt_key_record_leaves_none() -> None:
    board, _ = _with_pins("rp2 alone")
    vault = board.vault()
    assert vault.damaged == 1
    assert not vault.has_pin
    assert vault.key(0) == START.accounts[0].key


def test_with_a_second_home_no_key_record_is_left_that_could_come_back() -> None:
    board, _ = _with_pins("rp2 eeprom", "1111", "2222")
    vault = board.vault()
    assert vault.damaged
    with pytest.raises(Refused, match="fault"):
        vault.key(0)


def test_damage_while_running_is_refused() -> None:
    board = _prepared("rp2 alone", compacted=False)
    vault = board.vault()
    assert done(vault.unlock("1234"))
    raw = bytearray(board.raw())
    raw[vault._store.contents.accounts[1] + 20] ^= 1
    board.restore(bytes(raw))
    with pytest.raises(Refused, match="fault"):
        vault.key(1)
    with pytest.raises(Refused, match="fault"):
        vault.account(1)
    assert [account.index for account in vault.accounts()] == [0]


def test_a_record_with_a_right_crc_that_is_not_ours_is_refused() -> None:
    """Someone wrote to the medium who can compute a CRC, but has no key."""
    board = _prepared("rp2 alone", compacted=False)
    vault = board.vault()
    assert done(vault.unlock("1234"))
    log = vault._store.homes.first
    place = vault._store.contents.accounts[0]
    _, payload = log.at(place) or (0, b"")
    forged = record.encode(
        log.seq, place, record.ACCOUNT, payload[:-9] + bytes([payload[-9] ^ 1]) + payload[-8:]
    )
    raw = bytearray(board.raw())
    raw[place : place + len(forged)] = forged
    board.restore(bytes(raw))
    vault = board.vault()
    assert done(vault.unlock("1234"))
    with pytest.raises(Refused, match="fault: the account's record is not genuine"):
        vault.key(0)
    assert [account.index for account in vault.accounts()] == [1]


def test_no_one_or_two_turned_bits_pass_the_crc() -> None:
    """All of them, in the longest account record: the CRC's low 24 bits are enough for its length."""
    payload = bytes(range(71))
    data = record.encode(7, 99, record.ACCOUNT, payload)
    number = int.from_bytes(data, "big")
    syndromes = set()
    base = record._crc_before_type(7, 99, data[1:-3])
    for bit in range(8 * len(data)):
        turned = (number ^ 1 << bit).to_bytes(len(data), "big")
        before = record._crc_before_type(7, 99, turned[1:-3])
        syndromes.add(record._crc(before, turned[0]) ^ int.from_bytes(turned[-3:], "big"))
    assert base
    assert 0 not in syndromes
    assert len(syndromes) == 8 * len(data)


def test_a_turned_bit_in_a_key_record_brings_no_older_pin_back_and_loses_nothing() -> None:
    """Without a second home each KEY record is there twice."""
    board = Board("rp2 alone")
    vault = board.vault()
    add(vault, ADA)
    for pin in ("1234", "5678"):
        done(vault.change_pin(pin))
    last = vault._store.contents.key
    assert last
    raw = board.raw()
    size = record.OVERHEAD + wrapping.WRAPPED
    for place in range(last - size, last + size):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        board.restore(bytes(changed))
        vault = board.vault()
        assert not done(vault.unlock("1234"))
        assert done(vault.unlock("5678"))
        assert vault.key(0) == ADA.key


@pytest.mark.parametrize("bit", range(8))
def test_a_turned_bit_in_the_first_key_record_loses_nothing(bit: int) -> None:
    board = Board("rp2 alone")
    vault = board.vault()
    add(vault, ADA)
    raw = board.raw()
    for place in range(header.SIZE, header.SIZE + record.OVERHEAD + wrapping.WRAPPED):
        changed = bytearray(raw)
        changed[place] ^= 1 << bit
        board.restore(bytes(changed))
        assert board.vault().key(0) == ADA.key


@pytest.mark.parametrize("act", ["compact", "wipe"])
def test_a_foreign_home_with_the_highest_number_stops_nothing(act: str) -> None:
    """Anybody can write one into an EEPROM: it needs no secret to be foreign."""
    board = Board("rp2 eeprom")
    prepare(board.vault())
    foreign = header.encode(b"another device's", 0xFFFFFFFF, 0, 0)
    board.restore(board.raw()[:4096] + foreign + b"\xff" * (4096 - len(foreign)))
    vault = board.vault()
    if act == "wipe":
        vault.wipe()
        assert Model().holds(board.vault())
    else:
        compaction.compact(vault._store)
        assert START.holds(board.vault())
        compaction.compact(board.vault()._store)


def test_a_skip_that_fails_is_written_again() -> None:
    board = Board("rp2 alone")
    vault = board.vault()
    add(vault, ADA)
    memory = vault._store.homes.first.memory
    write = memory.write

    def torn(start: int, data: bytes) -> None:
        write(start, data[: len(data) // 2])
        raise OSError("half of it")

    memory.write = torn
    for _ in range(3):  # the record, its SKIP, and that one's
        with pytest.raises(Refused, match="fault"):
            vault.use_interval(5)
    memory.write = write
    vault.use_interval(6)
    vault = board.vault()
    assert (vault.damaged, vault.tries_left, vault.used_interval()) == (0, 8, 6)


@pytest.mark.parametrize("kind", ["esp32 eeprom", "rp2 eeprom"])
@pytest.mark.parametrize(
    "forged", ["no attempts", "the key again", "the old key", "the old key, in its place", "full"]
)
def test_what_wires_write_into_the_eeprom_gives_no_attempt_back(kind: str, forged: str) -> None:
    board = Board(kind)
    vault = board.vault()
    add(vault, ADA)
    old = board.payload(record.KEY)
    done(vault.change_pin("4711"))
    for _ in range(3):
        assert not done(vault.unlock("0000"))
    homes = vault._store.homes
    log, end = homes.second, homes.first.end
    assert log is not None
    rest = [(record.TRIES, b"\0")]
    if forged == "the key again":
        rest = [(record.KEY, board.payload(record.KEY))]
    elif forged == "the old key":
        rest = [(record.KEY, old)]
    elif forged == "full":
        rest = [(record.TRIES, b"\0")] * ((log.size - end) // 6)
    if forged == "the old key, in its place":
        rest = [(at, old if at == record.KEY else payload) for _, at, payload in scan([homes.first])]
        rest += [(record.TRIES, b"\0")] * 3
        end = header.SIZE
    for at, payload in rest:
        data = record.encode(log.seq, end, at, payload)
        board._second[end : end + len(data)] = data
        end += len(data)
    for _ in range(2):
        vault = board.vault()
        assert (vault.tries_left, vault.has_pin, vault.unlocked) == (5, True, False)
    assert done(vault.unlock("4711"))
    assert vault.account(0).name == ADA.name
    assert board.vault().tries_left == 8
