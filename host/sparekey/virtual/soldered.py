"""What is soldered onto the virtual board: the chips, each on its file of the state folder."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from . import mains, pins, traffic, watchdog
from .bus import Bus
from .chips import I2CChip, at24c32, ds3231, ssd1306
from .chips.nvm import Nvm
from .mapped import mapped

OLED_ADDRESS, RTC_ADDRESS, EEPROM_ADDRESS = 0x3C, 0x68, 0x57
SDA, SCL = 4, 5
NVM_SIZE = 4096  # as an RP2040's


class Cells:
    """The memory of chips and pins, as both processes see it."""

    def __init__(self, state: Path) -> None:
        """Maps the files in ``state``; ``OSError`` where that can't be."""
        self.oled = mapped(state / "oled", ssd1306.CELLS)
        self.rtc = mapped(state / "rtc", ds3231.CELLS)
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
        ssd1306.SSD1306(self.oled).reset()

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
        oled = ssd1306.SSD1306(cells.oled)
        chips: dict[int, I2CChip] = {
            OLED_ADDRESS: _Seen(oled, changed),
            RTC_ADDRESS: ds3231.DS3231(cells.rtc),
            EEPROM_ADDRESS: at24c32.AT24C32(cells.eeprom, supply=supply),
        }
        self.bus = Bus(chips, self.wiring, traffic.Recorder(cells.traffic))


class _Seen:
    """The OLED, with someone who looks."""

    def __init__(self, oled: ssd1306.SSD1306, changed: Callable[[], None]) -> None:
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
