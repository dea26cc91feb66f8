"""PIN, lock and wipe on the token, with the real vault."""

import pytest

from sparekey_token.core import compose
from sparekey_token.core.errors import Refused
from sparekey_token.vault import Vault

from .doubles import Desk, Ram, Server, login_body, outcome
from .test_enrol import begin

PIN = "4711"


def made(memory: Ram) -> Vault:
    return Vault(memory, secret=b"chip", rounds=50)


class Bench(Desk):
    """A desk with the real vault, and its power."""

    def __init__(self) -> None:
        self.memory = Ram()
        super().__init__(made(self.memory))

    def power_cycle(self) -> None:
        self.vault = made(self.memory)
        self.screen.names = []
        self.link.inward = self.link.outward = b""
        self.power_up()
        self.rounds()

    def set_pin(self, pin: str = PIN) -> object:
        asked = self.send("pin.change")
        self.press("ok")
        self.type_pin(pin)
        self.type_pin(pin)
        return outcome(self.answer(asked))


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.add()
    return bench


@pytest.fixture
def locked(bench: Bench) -> Bench:
    assert bench.set_pin() == {}
    bench.power_cycle()
    return bench


def test_the_pin_is_asked_at_start_before_names_are_shown(locked: Bench) -> None:
    assert locked.screen.view.name == "idle.locked"
    said = locked.call("hello", versions=[1])
    assert (said["locked"], said["pin"], said["accounts"]) == (True, True, 1)
    assert locked.call("accounts.list") == "locked"
    assert locked.call("accounts.remove", index=0) == "locked"
    assert locked.screen.view.name == "error.locked"
    locked.press("ok", "ok")
    assert locked.screen.view.name == "unlock.pin"
    locked.type_pin(PIN)
    assert locked.screen.view.name == "idle"
    assert isinstance(locked.call("accounts.list"), dict)


def test_a_login_waits_for_the_pin_and_goes_on(locked: Bench) -> None:
    asked = locked.send("session.start", payload=compose.to_text(login_body()))
    assert {"for": "pin", "seconds": 60} in [said.get("params") for said in locked.hear()]
    assert locked.answer(asked) is None
    locked.type_pin(PIN)
    assert outcome(locked.answer(asked))["accounts"] == [{"index": 0, "name": "ada"}]


def test_the_first_digit_offered_is_random(locked: Bench) -> None:
    seen = set()
    for _ in range(60):
        locked.press("ok")
        seen.add(locked._offered())
        locked.press("back")
    assert len(seen) >= 8


def test_wrong_pins_wait_longer_and_the_eighth_erases_all(locked: Bench) -> None:
    waits = []
    for wrong in range(8):
        locked.press("ok")
        waited = 0
        while locked.screen.view.name == "unlock.wait":
            locked.pass_seconds(1)
            waited += 1
        waits.append(waited)
        locked.type_pin("0000")
        if wrong < 7:
            assert locked.screen.view.name == "unlock.wrong"
            assert (f"{7 - wrong} tries left" if wrong < 6 else "1 try left") in locked.screen.text
            locked.press("back")
            if locked.screen.view.name == "unlock.wait":
                continue
            locked.press("back")
    assert waits == sorted(waits)
    assert waits[-1] > 600
    assert locked.screen.view.name == "unlock.wiped"
    assert (locked.vault.count, locked.vault.has_pin) == (0, False)
    locked.power_cycle()
    assert locked.screen.view.name == "idle"
    assert locked.vault.count == 0


def test_a_restart_forgives_no_try_and_no_wait(locked: Bench) -> None:
    for _ in range(3):
        locked.press("ok")
        while locked.screen.view.name == "unlock.wait":
            locked.pass_seconds(1)
        locked.type_pin("0000")
        locked.power_cycle()
    assert locked.vault.tries_left == 5
    locked.press("ok")
    assert locked.screen.view.name == "unlock.wait"


def type_and_leave(bench: Bench, end: str, pin: str = PIN) -> int:
    """Types a PIN for a login, and has the host leave while it is checked; the request's id."""
    asked = bench.send("session.start", payload=compose.to_text(login_body()))
    for digit in pin:
        while bench._offered() != digit:
            bench.press("next")
        bench.press("ok")
    bench.buttons.presses.append("ok")
    bench.rounds(1)
    assert bench.app.token.working
    if end == "cancel":
        bench.call("cancel")
    else:
        bench.link.connected = False
        bench.rounds(1)
        bench.link.connected = True
    bench.work()
    return asked


@pytest.mark.parametrize("end", ["cancel", "unplug"])
def test_a_host_that_leaves_while_the_right_pin_is_checked_costs_no_attempt(locked: Bench, end: str) -> None:
    asked = type_and_leave(locked, end)
    assert locked.vault.tries_left == 8
    assert locked.vault.unlocked
    assert locked.screen.view.name == "error.declined"
    assert locked.app.token.session is None
    if end == "cancel":
        assert outcome(locked.answer(asked)) == "declined"
    assert isinstance(locked.call("session.start", payload=compose.to_text(login_body())), dict)


def test_a_host_that_leaves_while_the_last_wrong_pin_is_checked_hides_nothing(locked: Bench) -> None:
    for _ in range(7):
        assert not [step for step in locked.vault.unlock("0000") if step]
    asked = locked.send("session.start", payload=compose.to_text(login_body()))
    locked.call("cancel")
    assert outcome(locked.answer(asked)) == "declined"
    locked.milliseconds += 1_800_000
    asked = type_and_leave(locked, "cancel", "0000")
    assert locked.screen.view.name == "unlock.wiped"
    locked.press("ok")
    assert outcome(locked.answer(asked)) == "declined"


@pytest.fixture
def waiting(locked: Bench) -> Bench:
    """Two wrong PINs and a restart: the next try has to wait."""
    for _ in range(2):
        locked.press("ok")
        locked.pass_seconds(locked.vault.wait_seconds)
        locked.type_pin("0000")
        locked.power_cycle()
    assert locked.vault.wait_seconds > 2
    return locked


@pytest.mark.parametrize("end", ["cancel", "unplug", "back"])
def test_a_wait_for_the_next_try_that_ends_early_leaves_the_token_free(waiting: Bench, end: str) -> None:
    asked = waiting.send("session.start", payload=compose.to_text(login_body()))
    assert waiting.screen.view.name == "unlock.wait"
    if end == "cancel":
        waiting.call("cancel")
    elif end == "back":
        waiting.press("back")
    else:
        waiting.link.connected = False
        waiting.rounds(2)
        waiting.link.connected = True
    if end != "unplug":
        assert outcome(waiting.answer(asked)) == "declined"
    asked = waiting.send("wipe")
    assert waiting.screen.view.name == "wipe.ask", waiting.answer(asked)


def test_the_token_locks_itself_after_its_time_out(locked: Bench) -> None:
    locked.press("ok")
    locked.type_pin(PIN)
    locked.pass_seconds(5 * 60 - 2)
    assert locked.vault.unlocked
    locked.pass_seconds(4)
    assert not locked.vault.unlocked
    assert locked.screen.view.name == "idle.locked"


def test_lock_over_the_line(locked: Bench) -> None:
    locked.press("ok")
    locked.type_pin(PIN)
    assert locked.call("lock") == {}
    assert not locked.vault.unlocked
    locked.rounds()
    assert locked.screen.view.name == "idle.locked"


def test_without_a_pin_there_is_nothing_to_lock(bench: Bench) -> None:
    assert bench.call("lock") == "declined"


def test_changing_the_pin_needs_the_old_one(locked: Bench) -> None:
    locked.press("ok")
    locked.type_pin(PIN)
    asked = locked.send("pin.change")
    assert locked.screen.view.name == "unlock.pin"
    locked.type_pin(PIN)
    locked.press("ok")
    locked.type_pin("123456789012")
    locked.type_pin("123456789012")
    assert outcome(locked.answer(asked)) == {}
    locked.power_cycle()
    assert not list(locked.vault.unlock(PIN)) or not locked.vault.unlocked
    for _ in locked.vault.unlock("123456789012"):
        pass
    assert locked.vault.unlocked


def test_two_different_new_pins_set_none(bench: Bench) -> None:
    bench.send("pin.change")
    bench.press("ok")
    bench.type_pin("1111")
    bench.type_pin("2222")
    assert bench.screen.view.name == "pin.differ"
    assert not bench.vault.has_pin


def test_an_account_added_with_a_pin_tells_the_server_and_keeps_the_pin_on() -> None:
    bench, server = Bench(), Server()
    bench.set_pin()
    told = server.reveal(begin(bench, server))
    assert server.pin == 1
    asked = bench.send("enrol.finish", **told)
    bench.press("ok")
    assert outcome(bench.answer(asked)) == {"index": 0}
    assert bench.vault.account(0).pin
    bench.press("ok", "ok", "next", "next", "ok")
    assert bench.screen.view.name == "menu.pin"
    bench.press("next", "ok")
    bench.type_pin(PIN)
    assert bench.screen.view.name == "pin.promised"
    assert bench.vault.has_pin


def test_taking_the_pin_off_where_nothing_was_promised(bench: Bench) -> None:
    bench.set_pin()
    bench.press("ok", "ok", "next", "next", "ok", "next", "ok")
    bench.type_pin(PIN)
    assert bench.screen.view.name == "pin.off"
    bench.press("ok")
    bench.work()
    assert bench.screen.view.name == "pin.none"
    assert not bench.vault.has_pin
    assert bench.vault.count == 1


def test_a_proof_after_the_pin_says_so(locked: Bench) -> None:
    asked = locked.send("session.start", payload=compose.to_text(login_body()))
    locked.type_pin(PIN)
    assert isinstance(outcome(locked.answer(asked)), dict)
    asked = locked.send("login.respond", index=0, challenge=bytes(16).hex())
    locked.press("ok")
    assert outcome(locked.answer(asked))["flags"] == 1


def test_wiping_takes_two_presses(bench: Bench) -> None:
    asked = bench.send("wipe")
    assert bench.screen.view.name == "wipe.ask"
    bench.press("ok")
    assert bench.screen.view.name == "wipe.sure"
    bench.press("ok")
    assert bench.vault.count == 1
    bench.press("next")
    assert outcome(bench.answer(asked)) == {}
    assert bench.screen.view.name == "wipe.done"
    assert bench.vault.count == 0
    for button in ("back", "ok"):
        asked = bench.send("wipe")
        bench.press(button)
        if button == "ok":
            bench.press("back")
        assert outcome(bench.answer(asked)) == "declined"


def test_removing_over_the_line_takes_a_press(bench: Bench) -> None:
    assert bench.call("accounts.remove", index=3) == "no_account"
    asked = bench.send("accounts.remove", index=0)
    assert "at Sparekey demo" in bench.screen.text
    assert "as ada" in bench.screen.text
    bench.press("ok")
    assert outcome(bench.answer(asked)) == {}
    with pytest.raises(Refused):
        bench.vault.account(0)
