"""The states that a virtual token can begin in, made by the real vault code on the chips' memories.

For trying and testing: the account's key and the PIN are known to everyone.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from sparekey_token.core import x25519
from sparekey_token.core.errors import Refused
from sparekey_token.parts.nvm import Nvm as NvmMemory
from sparekey_token.vault import Vault

from .chips import timebase
from .chips.nvm import Nvm
from .soldered import Cells

SERVER_ID = bytes.fromhex("5350415245303031")
SERVER_PRIVATE_KEY = bytes(range(1, 33))
"""The X25519 key of the server that the account is at."""
SERVER_NAME, ACCOUNT_NAME = "Example", "ada"
ACCOUNT_KEY = bytes(range(32))
REFERENCE = 0x05E_AD0_5 % (1 << 30)
FORMAT = "crock32-30"
PIN, WRONG_PIN = "1234", "9999"
_ROUNDS = 64  # of PBKDF2: a test of the PIN's screens needn't wait a second for each try
MAX_ACCOUNTS = 40
"""Accounts of that name and server that surely fit the virtual board."""
_NAMES = ("fresh", "enrolled", "locked", "clock-lost", "vault-full")


class NoSuchState(Exception):
    """No state is called that."""


@dataclass(frozen=True)
class State:
    """A state to begin in."""

    name: str
    wrong_pins: int = 0
    accounts: int = 1

    @classmethod
    def parse(cls, text: str) -> "State":
        """From ``fresh``, ``enrolled``, ``accounts=N``, ``locked``, ``wrong-pins=N``, ``clock-lost`` or
        ``vault-full``.

        Raises ``NoSuchState``.
        """
        name, _, number = text.partition("=")
        if name == "wrong-pins" and number.isdecimal() and 1 <= int(number) <= 8:
            return cls("locked", int(number))
        if name == "accounts" and number.isdecimal() and 1 <= int(number) <= MAX_ACCOUNTS:
            return cls("enrolled", accounts=int(number))
        if text in _NAMES:
            return cls(text)
        more = f"wrong-pins=N (1 to 8) or accounts=N (1 to {MAX_ACCOUNTS})"
        raise NoSuchState(f"a token begins {', '.join(_NAMES)}, {more}, not {text!r}")


def begin(cells: Cells, state: State) -> None:
    """Puts the chips into a state; the board must be without power."""
    for memory in (cells.nvm, cells.eeprom):
        memory[:] = b"\xff" * len(memory)
    if state.name in ("fresh", "clock-lost"):
        timebase.lose_battery(cells.rtc)
    else:
        cells.clock().set_clock(int(time.time()))
    if state.name == "fresh":
        return
    vault = opened(cells)
    for number in range(state.accounts):
        add_account(vault, number)
    if state.name == "vault-full":
        _fill(vault)
    if state.name == "locked":
        _finish(vault.change_pin(PIN))
        for _ in range(state.wrong_pins):
            vault.lock()
            _finish(vault.unlock(WRONG_PIN))


def opened(cells: Cells) -> Vault:
    """The vault in the chips' memories."""
    return Vault(NvmMemory(Nvm(cells.nvm), False), _Eeprom(cells.eeprom), secret=cells.uid, rounds=_ROUNDS)


def add_account(vault: Vault, number: int) -> None:
    """Account ``number``: 0 is ``ACCOUNT_NAME`` with ``REFERENCE`` and ``ACCOUNT_KEY``."""
    name = ACCOUNT_NAME if not number else f"user {number}"
    public = x25519.public_key(SERVER_PRIVATE_KEY)
    reference, key = REFERENCE + number, bytes((byte + number) % 256 for byte in ACCOUNT_KEY)
    vault.add(SERVER_ID, public, SERVER_NAME, name, reference, FORMAT, vault.has_pin, key)


def _fill(vault: Vault) -> None:
    number = 1
    try:
        while True:
            add_account(vault, number)
            number += 1
    except Refused as refused:
        if refused.name != "vault_full":
            raise


def _finish(steps: Iterator[None]) -> None:
    for _ in steps:
        pass


class _Eeprom:
    """The EEPROM's cells as a ``Memory``, past the bus: the board has no power."""

    def __init__(self, cells: memoryview) -> None:
        self._cells = cells
        self.size = len(cells)

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        return bytes(self._cells[start : start + length])

    def write(self, start: int, data: bytes) -> None:
        """Bytes of any value."""
        self._cells[start : start + len(data)] = data

    def erase(self) -> None:
        """All of it to 0xFF."""
        self.write(0, b"\xff" * self.size)
