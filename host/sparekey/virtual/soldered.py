"""What is soldered onto the virtual board: the chips, each on its file of the state folder."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import mains, pins, traffic, watchdog
from .bus import Bus
from .chips import ClockChip, I2CChip, at24c32
from .chips.ds3231 import CELLS as CLOCK_CELLS
from .chips.ds3231 import DS3231
from .chips.nvm import Nvm
from .chips.oled import Oled
from .chips.pcf8523 import PCF8523
from .chips.sh1107 import SH1107
from .chips.ssd1306 import SSD1306
from .mapped import mapped

RTC_ADDRESS = 0x68
SDA, SCL = 4, 5
NVM_SIZE = 4096  # as an RP2040's

OLEDS: dict[str, type[Oled]] = {"ssd1306": SSD1306, "sh1107": SH1107}
CLOCKS: dict[str, type[DS3231] | type[PCF8523]] = {"ds3231": DS3231, "pcf8523": PCF8523}


@dataclass(frozen=True)
class Parts:
    """Which chips there are, by the names and addresses in a board's ``pins.py``."""

    oled: str = "ssd1306"
    oled_address: int = 0x3C
    clock: str = "ds3231"
    eeprom_address: int | None = 0x57

    @property
    def sockets(self) -> dict[str, int]:
        """The I²C addresses of the chips that can be unplugged."""
        found = {"oled": self.oled_address, "rtc": RTC_ADDRESS}
        return found if self.eeprom_address is None else {**found, "eeprom": self.eeprom_address}


class Cells:
    """The memory of chips and pins, as both processes see it."""

    def __init__(self, state: Path, parts: Parts | None = None) -> None:
        """Maps the files in ``state``; ``OSError`` where that can't be."""
        self.parts = parts = parts or Parts()
        names = [
            name if name != usual else ""
            for name, usual in ((parts.oled, "ssd1306"), (parts.clock, "ds3231"))
        ]
        self.oled = mapped(state / ("oled" + names[0]), OLEDS[parts.oled].cells())
        self.rtc = mapped(state / ("rtc" + names[1]), CLOCK_CELLS)
        self.pins = mapped(state / "pins", pins.CELLS)
        self.traffic = mapped(state / "traffic", traffic.CELLS)
        self.nvm = mapped(state / "nvm", NVM_SIZE, blank=b"\xff")
        self.eeprom = mapped(state / "eeprom", at24c32.CELLS, blank=b"\xff")
        self.mains = mapped(state / "mains", mains.CELLS)
        self.watchdog = mapped(state / "watchdog", watchdog.CELLS)
        self.uid = _serial_number(state / "uid")

    def reset(self) -> None:
        """Power-up of chips and pins."""
        pins.Wiring(self.pins).reset()
        self.screen().reset()

    def screen(self) -> Oled:
        """The OLED in its cells."""
        return OLEDS[self.parts.oled](self.oled)

    def clock(self) -> ClockChip:
        """The clock chip in its cells."""
        return CLOCKS[self.parts.clock](self.rtc)

    def pins_of_buttons(self, numbers: Sequence[int]) -> None:
        """Notes which pins OK, NEXT and BACK are on."""
        pins.Wiring(self.pins).buttons[:] = bytes(numbers)


class Soldered:
    """The chips, alive: what the firmware's process holds."""

    def __init__(self, cells: Cells, changed: Callable[[], None]) -> None:
        """``changed`` is told each time that the OLED may look different."""
        self.wiring = pins.Wiring(cells.pins)
        cells.reset()
        supply = mains.Mains(cells.mains)
        self.nvm = Nvm(cells.nvm, supply=supply)
        self.uid = cells.uid
        self.watchdog = watchdog.Watchdog(cells.watchdog)
        sockets = cells.parts.sockets
        chips: dict[int, I2CChip] = {
            sockets["oled"]: _Seen(cells.screen(), changed),
            sockets["rtc"]: cells.clock(),
        }
        if "eeprom" in sockets:
            chips[sockets["eeprom"]] = at24c32.AT24C32(
                cells.eeprom, monotonic_ns=lambda: self.bus.moment, supply=supply
            )
        self.bus = Bus(chips, self.wiring, traffic.Recorder(cells.traffic))


class _Seen:
    """The OLED, with someone who looks."""

    def __init__(self, oled: Oled, changed: Callable[[], None]) -> None:
        self._oled = oled
        self._changed = changed

    def write(self, data: bytes) -> None:
        """As the chip does."""
        self._oled.write(data)
        if data:
            self._changed()

    def read(self, length: int) -> bytes:
        """As the chip does."""
        return self._oled.read(length)


def _serial_number(file: Path) -> bytes:
    """The 8 bytes that the chip's maker gave it: drawn once for each state folder."""
    if not file.exists():
        file.write_bytes(os.urandom(8))
    return file.read_bytes()
