"""CircuitPython's ``microcontroller``: the virtual board's chip itself."""

import time
from types import ModuleType
from typing import Never

from watchdog import WatchDogTimer

from sparekey.virtual import exit_codes, running
from sparekey.virtual.chips.nvm import Nvm
from sparekey.virtual.circuitpython import blinka_pin
from sparekey.virtual.circuitpython.blinka_pin import Pin

__all__ = ["Pin", "Processor", "ResetReason", "cpu", "delay_us", "nvm", "pin", "reset", "watchdog"]

pin: ModuleType = blinka_pin


class ResetReason:
    """Why the chip started."""

    POWER_ON = "power_on"
    SOFTWARE = "software"
    WATCHDOG = "watchdog"
    UNKNOWN = "unknown"


class Processor:
    """The chip."""

    frequency = 125_000_000
    temperature = 25.0
    voltage = 3.3

    @property
    def uid(self) -> bytearray:
        """Eight bytes, another for each state folder."""
        return bytearray(running.board().soldered.uid)

    @property
    def reset_reason(self) -> str:
        """One of ``ResetReason``."""
        return running.board().reset_reason


cpu = Processor()
nvm: Nvm = running.board().soldered.nvm
watchdog = WatchDogTimer()


def delay_us(delay: int) -> None:
    """Waits for so many microseconds."""
    time.sleep(delay / 1e6)


def reset() -> Never:
    """Resets the chip."""
    running.board().reset(exit_codes.SOFTWARE)
