"""A vault and its model through whatever a person, a host and the power may do, in any order."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sparekey.virtual.chips.supply import PowerCut
from sparekey_token.core.errors import Refused
from sparekey_token.vault import Vault, record
from sparekey_token.vault.settings import NAMES

from .boards import KINDS, Board, done
from .model import Enrolled, Model, add

PINS = st.sampled_from(["1234", "0000", "999999999999"])
NAME = st.text("aé水 ", max_size=8)
SERVERS = [(b"server-%d" % number, bytes([number]) * 32, f"Site {number}") for number in range(3)]


class AnyOrder(RuleBasedStateMachine):
    """Small memories, so that compaction comes often; the model is what was acknowledged."""

    @initialize(kind=st.sampled_from(KINDS), granule=st.sampled_from([1, 32, 256]))
    def make(self, kind: str, granule: int) -> None:
        self.board = Board(kind, granule, 2048 if "alone" in kind or "esp32" in kind else 1024)
        self.vault: Vault = self.board.vault()
        self.model = Model()
        self.open = True
        self.references = 0
        self.promised = False

    @rule(
        server=st.sampled_from(SERVERS), name=NAME, pin=st.booleans(), key=st.binary(min_size=32, max_size=32)
    )
    def add(self, server: tuple[bytes, bytes, str], name: str, pin: bool, key: bytes) -> None:
        self.references += 1
        account = Enrolled(*server, name, self.references, "crock32-60", pin, key)
        index = min(set(range(65)) - set(self.model.accounts))
        known = any(other.server_id == server[0] for other in self.model.accounts.values())
        self.promised = (
            self.open
            and known
            and len(name.encode()) <= 8
            and len(self.model.accounts) < self.vault.capacity
            and not self.board.alone
        )
        self.do(
            lambda: add(self.vault, account), self.model.add(index, account), answer=index, needs_open=True
        )
        self.promised = False

    @precondition(lambda self: self.model.accounts)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(sorted(self.model.accounts)))
        self.do(lambda: self.vault.remove(index), self.model.remove(index), needs_open=True)

    @rule(new=st.one_of(st.none(), PINS))
    def change_pin(self, new: str | None) -> None:
        after = replace(self.model, pin=new, tries=0)
        self.do(lambda: done(self.vault.change_pin(new)), after, needs_open=True)

    @precondition(lambda self: self.model.pin is not None)
    @rule()
    def right_pin(self) -> None:
        tried = replace(self.model, tries=self.model.tries + 1)
        between = tried if tried.tries < 8 else Model()
        assert self.model.pin is not None
        pin = self.model.pin
        if self.do(
            lambda: done(self.vault.unlock(pin)), replace(self.model, tries=0), answer=True, between=between
        ):
            self.open = True

    @precondition(lambda self: self.model.pin is not None)
    @rule()
    def wrong_pin(self) -> None:
        after = replace(self.model, tries=self.model.tries + 1)
        if after.tries == 8:
            after = Model()
        self.do(lambda: done(self.vault.unlock("4444")), after, answer=False)
        self.open = self.open or self.model.pin is None

    @rule(name=st.sampled_from([*NAMES, "spelled"]), value=st.integers(-(1 << 31), (1 << 31) - 1))
    def set_setting(self, name: str, value: int) -> None:
        self.do(lambda: self.vault.set_setting(name, value), self.model.set(name, value))

    @rule(t=st.integers(0, 40))
    def use_interval(self, t: int) -> None:
        after = replace(self.model, interval=max(self.model.interval, t))
        self.do(lambda: self.vault.use_interval(t), after)

    @rule(times=st.integers(1, 60))
    def use_many_intervals(self, times: int) -> None:
        """What a year of logins comes to: the log fills."""
        for _ in range(times):
            self.use_interval(self.model.interval + 1)

    @rule()
    def lock(self) -> None:
        self.vault.lock()
        self.open = self.model.pin is None

    @rule()
    def wipe(self) -> None:
        self.do(lambda: self.vault.wipe(), Model())
        self.open = self.open or self.model.pin is None

    @rule(again=st.integers(0, 60))
    def restart(self, again: int) -> None:
        self.power_up([self.model], [again])

    @rule(
        changes=st.integers(0, 40),
        seed=st.integers(0, 1 << 30),
        again=st.lists(st.integers(0, 60), max_size=2),
    )
    def arm(self, changes: int, seed: int, again: list[int]) -> None:
        """The power will go at one of the next changes, and perhaps again while the vault is opened."""
        self.again = again
        self.board.supply.arm(changes, seed)

    def do(
        self,
        act: Callable[[], object],
        after: Model,
        *,
        answer: object = None,
        between: Model | None = None,
        needs_open: bool = False,
    ) -> bool:
        """Does it, and follows it in the model; False where it was refused or the power went."""
        try:
            assert act() == answer
        except Refused as refusal:
            self.refused(refusal.name, needs_open)
            return False
        except PowerCut:
            self.power_up([self.model, after, *([between] if between else [])], self.again)
            return False
        assert self.open or not needs_open
        self.model = after
        return True

    def refused(self, name: str, needs_open: bool) -> None:
        """Only for a reason: without a second home the log is full one day; with one, accounts may be.

        Not while ``capacity`` promises room.
        """
        if name == "locked":
            assert needs_open
            assert not self.open
        else:
            assert self.board.alone or (name == "vault_full" and needs_open and not self.promised)

    def power_up(self, allowed: list[Model], again: list[int]) -> None:
        """Opens the vault, with cuts meanwhile; it is in one of those states."""
        for cut in again:
            with suppress(PowerCut):
                self.board.vault(cut, cut)
        self.board.vault()
        raw = self.board.raw()
        for model in allowed:
            self.board.restore(raw)
            if model.holds(self.board.vault()):
                self.model = model
                break
        else:
            raise AssertionError("neither before nor after")
        self.board.restore(raw)
        self.vault = self.board.vault()
        self.open = self.model.pin is None

    @invariant()
    def as_the_model_says(self) -> None:
        if not hasattr(self, "vault"):
            return
        assert self.model.seen_closed(self.vault)
        assert self.vault.unlocked == self.open
        assert self.vault.damaged == 0 or self.board.alone
        assert self.model.accounts.keys() <= set(range(record.ACCOUNTS))
        assert len(self.model.accounts) <= self.vault.capacity or not self.open
        if self.open:
            assert self.model.seen_open(self.vault)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None, report_multiple_bugs=False
)
