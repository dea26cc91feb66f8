"""No heap left, in the middle of anything: no worse than a cut of power, and the vault that goes on knows.

What is seldom done is imported when it is done, so that an import may fail for want of heap; so may any
reading or writing.
"""

from contextlib import suppress
from dataclasses import replace

import pytest

from sparekey_token import flows
from sparekey_token.core.errors import Refused
from sparekey_token.vault import Vault, compaction
from tests.unit.short_of_heap import short_of_heap

from .boards import KINDS, Board, done
from .model import Model, add
from .test_cuts import ADA, BOB, CLEO, Trial, cases, prepare

LATE = [name for name in flows.SELDOM.split() if name.startswith("vault.")]
"""The vault's modules that are imported when they are needed."""


TRIED = ("rp2 eeprom", "rp2 alone", "esp32 eeprom")


class Failing:
    """A memory that fails at one call to come, before it does anything or after all is done."""

    def __init__(self, memory: object) -> None:
        self.error: type[Exception] = MemoryError
        self._memory = memory
        self.calls = 0
        self.fails_at = -1
        self.late = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._memory, name)

    def read(self, *given: object) -> object:
        return self._do("read", *given)

    def write(self, *given: object) -> object:
        return self._do("write", *given)

    def erase(self) -> object:
        return self._do("erase")

    def _do(self, what: str, *given: object) -> object:
        self.calls += 1
        fails = self.calls - 1 == self.fails_at
        if fails and not self.late:
            raise self.error
        answer = getattr(self._memory, what)(*given)
        if fails:
            raise self.error
        return answer


def failing(vault: Vault) -> list[Failing]:
    """The vault's memories, from now on with a limit to the heap that they find."""
    homes = vault._store.homes
    made = []
    for log in (homes.first, homes.second):
        if log is not None:
            log.memory = Failing(log.memory)
            made.append(log.memory)
    return made


def goes_on_truly(trial: Trial, vault: Vault, done_with: bool, compacts: bool) -> None:
    """What the vault that runs on stores now, and compacts, a power-up finds; nothing else changes."""
    board = trial._board
    allowed = [trial._operation.after] if done_with else trial._allowed
    seen = (vault.count, vault.has_pin)
    stored = True
    try:
        vault.use_interval(14_000_900)
    except Refused:  # in the middle of a compaction or a wipe, which the next power-up goes on with
        stored = False
    if compacts:
        with suppress(Refused):  # as in a removal, or for a new PIN
            compaction.compact(vault._store)
    raw = board.raw()
    opened = board.vault()
    assert opened.damaged == 0 or board.alone
    if opened.wiping:
        stored = False
    assert opened.used_interval() == 14_000_900 or not stored
    assert seen == (opened.count, opened.has_pin) or any(
        seen == (model.accounts and len(model.accounts), model.pin is not None) for model in allowed
    )
    for model in allowed:
        for found in (model, replace(model, interval=14_000_900)):
            board.restore(raw)
            if found.holds(board.vault()):
                return
    raise AssertionError("neither before nor after")


@pytest.mark.parametrize(
    ("kind", "name"), [case for case in cases() if case[0] in TRIED and case[1] != "compaction"]
)
def test_an_import_that_fails_changes_nothing_or_what_a_cut_might(kind: str, name: str) -> None:
    trial = Trial(kind, name, 256)
    asked = 0
    for module in LATE:
        trial._board.restore(trial._raw)
        vault = trial._opened(None, 0)
        before = trial._board.raw()
        with short_of_heap(LATE, [module]) as short:
            done_with = False
            try:
                trial._operation.act(vault)
                done_with = True
            except MemoryError:
                changed = trial._board.raw() != before
                # an attempt is written down before the wipe that it may come to is loaded
                assert not changed or name == "eighth wrong PIN"
            asked += short.asked
        if short.asked:
            goes_on_truly(trial, vault, done_with, compacts=module < "vault.m")
    assert asked or name == "use an interval"


@pytest.mark.parametrize("kind", TRIED)
@pytest.mark.parametrize("name", ["add", "remove", "change the PIN", "wrong PIN", "right PIN", "wipe"])
@pytest.mark.parametrize("error", [MemoryError, OSError])
def test_one_call_of_a_memory_that_fails_is_no_worse_than_a_cut(
    kind: str, name: str, error: type[Exception]
) -> None:
    trial = Trial(kind, name, 256)

    def attempt(which: int, at: int, late: bool) -> tuple[Vault, bool, list[Failing]]:
        trial._board.restore(trial._raw)
        vault = trial._opened(None, 0)
        memories = failing(vault)
        if which < len(memories):
            memories[which].fails_at, memories[which].late, memories[which].error = at, late, error
        done_with = False
        with suppress(MemoryError, Refused):
            trial._operation.act(vault)
            done_with = True
        for memory in memories:
            memory.fails_at = -1
        return vault, done_with, memories

    calls = [memory.calls for memory in attempt(9, 0, False)[2]]
    for which, count in enumerate(calls):
        for at in range(count):
            for late in (False, True):
                goes_on_truly(trial, *attempt(which, at, late)[:2], compacts=at % 2 == late)


def test_the_wipe_that_found_no_heap_comes_before_a_ninth_attempt() -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    vault = board.vault()
    for _ in range(5):
        assert not done(vault.unlock("9999"))
    with short_of_heap(LATE, ["vault.generation"]), pytest.raises(MemoryError):
        done(vault.unlock("9999"))
    assert (vault.tries_left, vault.count) == (0, 2)
    assert not done(vault.unlock("1234"))  # the right one, even
    assert Model().holds(vault)
    assert Model().holds(board.vault())


def test_a_serial_number_counts_as_used_though_its_record_found_no_heap() -> None:
    board = Board("rp2 alone")
    vault = board.vault()
    add(vault, ADA)
    memory = failing(vault)[0]
    used = []
    for account in (BOB, CLEO):
        serial = vault._store.contents.serial
        memory.calls, memory.fails_at, memory.late = 0, 10**9, True
        end = vault._store.homes.first.end
        kept = memory.write

        def write(start: int, data: bytes, kept=kept, end=end) -> None:  # type: ignore[no-untyped-def]
            kept(start, data)
            if start == end + 1:
                raise MemoryError  # all of it is there but the type byte

        memory.write = write  # type: ignore[method-assign]
        with pytest.raises(MemoryError):
            add(vault, replace(account, server_id=ADA.server_id, server_key=ADA.server_key))
        memory.write = kept  # type: ignore[method-assign]
        used.append(vault._store.contents.serial)
        assert used[-1] == serial + 1
    assert add(vault, BOB) == 1
    assert vault._store.contents.serial > max(used)
    vault = board.vault()
    assert vault.damaged == 0
    assert vault.key(1) == BOB.key


@pytest.mark.parametrize("kind", KINDS)
def test_forgotten_modules_come_back(kind: str) -> None:
    board = Board(kind)
    vault = board.vault()
    for act in (
        lambda: add(vault, ADA),
        lambda: vault.set_setting("brightness", 3),
        lambda: done(vault.change_pin("1234")),
        lambda: done(vault.unlock("1234")),
        lambda: vault.remove(0),
        lambda: vault.wipe(),
        lambda: add(vault, BOB),
    ):
        with short_of_heap(LATE):
            act()
    assert board.vault().account(0).name == "bob"


def test_after_a_wipe_that_a_fault_stopped_nothing_is_stored_that_would_be_lost() -> None:
    board = Board("rp2 eeprom")
    prepare(board.vault())
    vault = board.vault()
    second = failing(vault)[1]
    second.fails_at = 0  # the first home is marked by then
    with pytest.raises(MemoryError):
        vault.wipe()
    with pytest.raises(Refused, match="fault"):
        vault.use_interval(14_000_900)
    vault.wipe()
    vault.use_interval(14_000_900)
    assert board.vault().used_interval() == 14_000_900
