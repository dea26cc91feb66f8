"""Kinds of board by their memories: the device's own drivers on emulated chips, with one power supply."""

import random
from collections.abc import Generator
from typing import TypeVar

from sparekey.virtual.chips import NoAnswer
from sparekey.virtual.chips.at24c32 import AT24C32
from sparekey.virtual.chips.flash_file import FlashFile
from sparekey.virtual.chips.nvm import Nvm
from sparekey.virtual.chips.supply import Supply
from sparekey_token.parts.eeprom import Eeprom
from sparekey_token.parts.nvm import Nvm as NvmMemory
from sparekey_token.vault import Vault
from sparekey_token.vault.replay import scan

KINDS = ("rp2 eeprom", "rp2 file", "rp2 alone", "esp32 eeprom", "esp32 file")
T = TypeVar("T")
SECRET = b"the device's own"


class Board:
    """Memories that outlive their power; each ``vault()`` is a power-up."""

    def __init__(self, kind: str, granule: int = 256, size: int = 0) -> None:
        """``granule`` bytes of nvm are programmed together; ``size`` bytes of it, 0 for the chip's own."""
        self.chip, self.kind_of_second = kind.split()
        self._granule = granule
        size = size or (8192 if self.chip == "esp32" else 4096)
        self._nvm = memoryview(bytearray(b"\xff" * size))
        self._second = memoryview(bytearray(b"\xff" * 4096))
        self.supply = Supply()
        self.second_missing = False
        self.rounds = 2

    @property
    def alone(self) -> bool:
        """Whether there is no second home."""
        return self.kind_of_second == "alone"

    def vault(self, cut_at: int | None = None, seed: int | random.Random = 0) -> Vault:
        """Powers up, with a cut at that change of the media to come (the first is 0)."""
        bits = seed if isinstance(seed, random.Random) else random.Random(seed)
        self.supply = Supply(cut_at, bits)
        esp32 = self.chip == "esp32"
        sector = min(4096, len(self._nvm))
        chip = Nvm(self._nvm, sector, erases_first=esp32, granule=self._granule, supply=self.supply)
        second: Eeprom | FlashFile | None = None
        if self.kind_of_second == "eeprom":
            second = Eeprom(_Wires(AT24C32(self._second, write_cycle=0, supply=self.supply)), 0x57)  # type: ignore[arg-type]
        elif self.kind_of_second == "file":
            second = FlashFile(self._second, self.supply)
        if self.second_missing:
            second = None
        # the same bytes at each power-up, so that changes can be counted before one is cut
        chance = random.Random(7).randbytes
        return Vault(NvmMemory(chip, esp32), second, secret=SECRET, random=chance, rounds=self.rounds)

    def raw(self) -> bytes:
        """All bytes of all media."""
        return bytes(self._nvm) + (b"" if self.alone else bytes(self._second))

    def payload(self, kind: int) -> bytes:
        """What the first home's last record of that type carries."""
        log = self.vault()._store.homes.first
        found = b""
        for _, at, payload in scan([log]):
            found = payload if at == kind else found
        assert found
        return found

    def restore(self, raw: bytes) -> None:
        """Makes the media what they were."""
        self._nvm[:] = raw[: len(self._nvm)]
        if not self.alone:
            self._second[:] = raw[len(self._nvm) :]


class _Wires:
    """Bus and I²C at once: one chip, its NAK an ``OSError``."""

    def __init__(self, chip: AT24C32) -> None:
        self._chip = chip

    def i2c(self) -> "_Wires":
        return self

    def try_lock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def writeto(self, address: int, data: bytes) -> None:
        try:
            self._chip.write(data)
        except NoAnswer:
            raise OSError("no acknowledge") from None

    def writeto_then_readfrom(self, address: int, out: bytes, into: bytearray) -> None:
        self.writeto(address, out)
        into[:] = self._chip.read(len(into))


def done(steps: Generator[None, None, T]) -> T:
    """Runs a flow's work to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: T = end.value
            return answer
