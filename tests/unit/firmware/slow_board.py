"""The token as a slow RP2040 would run it, in a time that is reckoned, not waited for.

Each byte of source that is compiled, each line of the firmware's Python, each block of SHA-256, each byte
on the I²C bus and each change of a memory takes its time here, at the slow end: Python twice as slow as an
RP2040's at 125 MHz, the bus at 100 kHz, the memories at their datasheets' longest.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import sparekey_token
from sparekey.virtual.chips import NoAnswer
from sparekey.virtual.chips.at24c32 import AT24C32
from sparekey.virtual.chips.nvm import Nvm
from sparekey.virtual.chips.supply import Supply
from sparekey_token import flows
from sparekey_token.app import App
from sparekey_token.core import digest
from sparekey_token.parts import eeprom
from sparekey_token.parts.nvm import Nvm as NvmMemory
from sparekey_token.vault import Vault

from .doubles import Desk, Screen

MICROSECOND, MILLISECOND, SECOND = 1_000, 1_000_000, 1_000_000_000

LINE = 20 * MICROSECOND
SOURCE_BYTE = 50 * MICROSECOND
"""Of a module that is compiled as it is imported."""
LADDER_LINE = 400 * MICROSECOND
"""A line of X25519's ladder: some products of 256 bits and their remainders."""
HASH_BLOCK = 150 * MICROSECOND
"""64 bytes of SHA-256 in C on a Cortex-M0+, at 300 cycles a byte."""
WIRE_BYTE = 90 * MICROSECOND
"""Nine clocks at 100 kHz."""
WRITE_CYCLE = 10 * MILLISECOND
"""Of an AT24C32 (datasheet 0336K: t_WR at most 10 ms)."""
PAGE_PROGRAM, SECTOR_ERASE = 3 * MILLISECOND, 400 * MILLISECOND
"""Of the flash beside an RP2040 (W25Q16JV, AC characteristics: t_PP and t_SE at most)."""
DRAWN = 1024 * WIRE_BYTE + 50 * MILLISECOND
"""A picture over the bus, and CircuitPython's work for it."""

WATCHDOG = 8 * SECOND

_FIRMWARE = str(Path(sparekey_token.__file__).parent)


class Time:
    """Nanoseconds that pass by what is done."""

    def __init__(self) -> None:
        self.now = 0

    def sleep(self, seconds: float) -> None:
        """As ``time.sleep``."""
        self.now += int(seconds * SECOND)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Python's lines and SHA-256's blocks take time meanwhile, and the EEPROM is waited for in it."""
        before = sys.gettrace()
        native, slept = digest._constructors["sha256"], eeprom.time
        digest._constructors["sha256"] = self._sha256
        eeprom.time = self  # type: ignore[assignment]
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)
            digest._constructors["sha256"], eeprom.time = native, slept

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(_FIRMWARE):
            return None
        if frame.f_code.co_name == "<module>":
            self.now += Path(frame.f_code.co_filename).stat().st_size * SOURCE_BYTE
        return self._in_ladder if frame.f_code.co_filename.endswith("x25519.py") else self._in_frame

    def _in_frame(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self.now += LINE
        return self._in_frame

    def _in_ladder(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self.now += LADDER_LINE
        return self._in_ladder

    def _sha256(self, data: bytes = b"") -> "_Sha256":
        return _Sha256(self, data)


class _Sha256:
    def __init__(self, time: Time, data: bytes) -> None:
        self._time = time
        self._hash = hashlib.sha256()
        self._length = 0
        self.update(data)

    def update(self, data: bytes) -> None:
        self._time.now += ((self._length + len(data)) // 64 - self._length // 64) * HASH_BLOCK
        self._length += len(data)
        self._hash.update(data)

    def digest(self) -> bytes:
        self._time.now += (1 + (self._length % 64 > 55)) * HASH_BLOCK
        return self._hash.digest()


class _Supply(Supply):
    """What the flash chip takes for its changes."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def change(self, cells: memoryview, start: int, data: bytes) -> None:
        erases = len(data) > 256 and data == b"\xff" * len(data)
        self._time.now += SECTOR_ERASE if erases else -(-len(data) // 256) * PAGE_PROGRAM
        super().change(cells, start, data)


class _Wires:
    """The bus with the EEPROM on it."""

    def __init__(self, time: Time, chip: AT24C32) -> None:
        self._time = time
        self._chip = chip

    def i2c(self) -> "_Wires":
        return self

    def try_lock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def writeto(self, address: int, data: bytes) -> None:
        self._time.now += WIRE_BYTE
        try:
            self._chip.write(data)
        except NoAnswer:
            raise OSError("no acknowledge") from None
        self._time.now += len(data) * WIRE_BYTE

    def writeto_then_readfrom(self, address: int, out: bytes, into: bytearray) -> None:
        self.writeto(address, out)
        self._time.now += (1 + len(into)) * WIRE_BYTE
        into[:] = self._chip.read(len(into))


class _Screen(Screen):
    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def show(self, view: Any) -> None:
        if view != self.view:
            self._time.now += DRAWN
        super().show(view)


class SlowDesk(Desk):
    """A desk with that board on it: the real vault in nvm and EEPROM; ``gaps`` between feeds are noted."""

    def __init__(self, nvm: bytes = b"\xff" * 4096, second: bytes = b"\xff" * 4096) -> None:
        self.time = Time()
        self.nvm, self.eeprom = memoryview(bytearray(nvm)), memoryview(bytearray(second))
        self.longest = 0
        """Nanoseconds between two feeds at most, since ``watched``."""
        self._fed = 0
        super().__init__(self.opened(), _Screen(self.time))

    def opened(self) -> Vault:
        """The vault as a power-up finds it, opened as ``start.vault`` does."""
        supply = _Supply(self.time)
        chip = AT24C32(self.eeprom, monotonic_ns=lambda: self.time.now, write_cycle=WRITE_CYCLE)
        wires: Any = _Wires(self.time, chip)
        memory = NvmMemory(Nvm(self.nvm, supply=supply), False)
        memory.feed = self.feed
        made = Vault(memory, eeprom.Eeprom(wires, 0x57), secret=b"uid")
        memory.feed = None
        return made

    def power_up(self) -> None:
        self.app = App(
            self.screen,
            self.buttons,
            self.clock,
            self.link,
            self.vault,
            "slow",
            ticks=lambda: self.milliseconds,
            feed=self.feed,
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """``longest`` is that of what is done meanwhile."""
        flows.forget(flows.SELDOM)
        flows.forget(flows.LOGIN)
        self.longest, self._fed = 0, self.time.now
        with self.time.counted():
            yield
        self.feed()

    def feed(self) -> None:
        """What ``start`` has the watchdog do."""
        self.longest = max(self.longest, self.time.now - self._fed)
        self._fed = self.time.now

    @property
    def milliseconds(self) -> int:
        """What the firmware's ticks tell."""
        return self.time.now // MILLISECOND

    @milliseconds.setter
    def milliseconds(self, value: int) -> None:
        self.time.now = max(self.time.now, value * MILLISECOND)
