"""The vault on any interpreter: a scenario whose transcript must be the same everywhere.

Run with the firmware on the path: ``on_device.py [heap]``; ``heap`` measures instead, with 20 accounts
and a PIN (MicroPython).
"""

import gc
import sys

_CELLS = [bytearray(4096), bytearray(4096)]  # while the heap is in one piece: a board's media take none

from sparekey_token.core.errors import Refused  # noqa: E402
from sparekey_token.vault import Vault  # noqa: E402

try:
    from collections.abc import Callable, Generator
except ImportError:
    pass


class Memory:
    """nvm or EEPROM in RAM; refuses what nvm refuses."""

    size = 4096

    def __init__(self, number: int, erases_first: bool = False) -> None:
        self.cells = _CELLS[number]
        self.erases_first = erases_first
        self.erase()

    def read(self, start: int, length: int) -> bytes:
        return bytes(self.cells[start : start + length])

    def write(self, start: int, data: bytes) -> None:
        for place in range(len(data)):
            if self.cells[start + place] != 0xFF:
                raise OSError("not erased")
        self.cells[start : start + len(data)] = data

    def erase(self) -> None:
        for place in range(self.size):
            self.cells[place] = 0xFF


class Counting:
    """Random-looking bytes, the same on every interpreter."""

    def __init__(self) -> None:
        self.state = 1

    def __call__(self, length: int) -> bytes:
        out = bytearray(length)
        for place in range(length):
            self.state = self.state * 75 % 65537
            out[place] = self.state & 0xFF
        return bytes(out)


def done(steps: "Generator[None, None, object]") -> object:
    """Runs a flow's work to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def refusal(act: "Callable[[], object]") -> "str | None":
    """How it refuses."""
    try:
        act()
    except Refused as refused:
        return str(refused)
    return None


def scenario(erases_first: bool) -> None:
    """What a token goes through."""
    first, second = Memory(0, erases_first), Memory(1)
    chance = Counting()

    def opened() -> Vault:
        return Vault(first, second, secret=b"secret", random=chance, rounds=100)

    def tell(vault: Vault) -> None:
        print(
            vault.count,
            vault.capacity,
            vault.damaged,
            vault.has_pin,
            vault.unlocked,
            vault.tries_left,
            vault.wait_seconds,
            vault.used_interval(),
            vault.setting("brightness", None),
        )

    vault = opened()
    tell(vault)
    for n in range(22):
        index = vault.add(
            b"server-%d" % (n % 3), bytes((n % 3,)) * 32, "Zürich " + str(n % 3), "naam " + str(n), n,
            "decimal-30" if n % 2 else "crock32-60", n % 5 == 0, bytes((n,)) * 32,
        )  # fmt: skip
        print(index, *vault.account(index))
    tell(vault)
    print(refusal(lambda: vault.add(b"server-0", b"x" * 32, "", "", 99, "crock32-30", False, bytes(32))))
    done(vault.change_pin("2468"))
    vault.set_setting("brightness", -7)
    vault = opened()
    tell(vault)
    print(refusal(vault.accounts), done(vault.unlock("1111")), done(vault.unlock("2222")))
    tell(vault)
    print(done(vault.unlock("2468")))
    for account in vault.accounts(b"server-1"):
        print(*account)
    for t in range(400):
        vault.use_interval(14_000_000 + t)
    vault.remove(7)
    print([vault.key(account.index)[0] for account in vault.accounts()])
    tell(opened())
    first.cells[200] ^= 4
    vault = opened()
    tell(vault)
    for _ in range(8):
        print(done(vault.unlock("0000")), vault.tries_left)
    tell(vault)
    print(bytes(first.cells[:30]), min(second.cells) == 0xFF or erases_first)


def filled() -> "tuple[Memory, Memory]":
    """Media with 20 accounts and a PIN."""
    first, second = Memory(0), Memory(1)
    vault = Vault(first, second, secret=b"secret", rounds=100)
    for n in range(20):
        name = "user" + str(1000 + n)
        vault.add(b"server-1", bytes(32), "Demo", name, n, "crock32-30", True, bytes((n,)) * 32)
    done(vault.change_pin("2468"))
    return first, second


def heap() -> None:
    """How much a vault with 20 accounts and a PIN keeps, and what using a key leaves as garbage."""
    first, second = filled()
    gc.collect()
    before = gc.mem_alloc()  # type: ignore[attr-defined]
    vault = Vault(first, second, secret=b"secret", rounds=100)
    done(vault.unlock("2468"))
    gc.collect()
    kept = gc.mem_alloc() - before  # type: ignore[attr-defined]
    start = gc.mem_alloc()  # type: ignore[attr-defined]
    gc.disable()
    vault.key(7)
    key = gc.mem_alloc() - start  # type: ignore[attr-defined]
    gc.enable()
    found = tuple(vault.accounts())
    for t in range(1, 1001):
        vault.use_interval(t)
        vault.key(t % 20)
    del found
    gc.collect()
    grown = gc.mem_alloc() - before - kept  # type: ignore[attr-defined]
    print("kept", kept, "key", key, "grown", grown)


if len(sys.argv) > 1:
    heap()
else:
    scenario(False)
    scenario(True)
