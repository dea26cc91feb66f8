"""Fits Blinka's modules to the virtual board, and to CircuitPython where they differ from it.

Blinka is told by ``BLINKA_OS_AGNOSTIC`` that it is on no board that it knows, and its toy pins and bus
give way to ours. What differs from CircuitPython otherwise: the I²C lock is no lock between threads,
an OLED that isn't there goes unnoticed when the display is made and raises when it is drawn on, an SH1107
is never told a column above 15 (``_displaycore.py`` masks the upper nibble away, where CircuitPython's
bus_core.c keeps it), the thread that redraws takes the bus without asking, and keys never stop being scanned.
"""

import contextlib
import os
import sys
import threading
import time
from importlib import import_module
from typing import Any

from sparekey.virtual.bus import Bus
from sparekey.virtual.pins import Wiring

_AGNOSTIC = "adafruit_blinka.microcontroller.generic_agnostic_board"
_FRAME_SECONDS = 1 / 60


def fit(bus: Bus, wiring: Wiring) -> None:
    """To be called once, before the firmware imports anything."""
    os.environ["BLINKA_OS_AGNOSTIC"] = "1"
    from sparekey.virtual.circuitpython import blinka_i2c, blinka_pin

    sys.modules[_AGNOSTIC + ".pin"] = blinka_pin
    sys.modules[_AGNOSTIC + ".i2c"] = blinka_i2c
    busio: Any
    displayio: Any
    i2cdisplaybus: Any
    busio, displayio, i2cdisplaybus = map(import_module, ("busio", "displayio", "i2cdisplaybus"))
    busio.I2C.try_lock = lambda _: bus.try_lock()
    busio.I2C.unlock = lambda _: bus.unlock()
    i2cdisplaybus.I2CDisplayBus = _display_bus(i2cdisplaybus.I2CDisplayBus, bus)
    _address_columns(import_module("busdisplay")._DisplayCore)
    keypad = import_module("keypad")
    _let_keys_end(keypad)
    _count_asking(keypad.EventQueue, wiring)
    displayio._stop_background()
    threading.Thread(target=_redraw, args=(displayio, bus), daemon=True).start()


def _display_bus(blinka: Any, bus: Bus) -> Any:
    class I2CDisplayBus(blinka):  # type: ignore[misc]
        """As CircuitPython has it: looks for the display once, and never complains later."""

        def __init__(self, i2c_bus: Any, *, device_address: int, reset: Any = None) -> None:
            if device_address not in bus.scan():
                raise ValueError(f"Unable to find I2C Display at {device_address:x}")
            super().__init__(i2c_bus, device_address=device_address, reset=reset)

        def _send(self, kind: int, select: int, data: bytes, command: int | None = None) -> None:
            with contextlib.suppress(OSError):
                super()._send(kind, select, data, command)

        def deinit(self) -> None:
            self.reset()  # the bus is the program's: it stays

    return I2CDisplayBus


def _address_columns(core: Any) -> None:
    """Sends an SH1107 the column and the page of an area as CircuitPython does."""
    blinka = core.set_region_to_update
    command, toggle = 0, 1  # displayio's DISPLAY_COMMAND and CHIP_SELECT_TOGGLE_EVERY_BYTE

    def set_region_to_update(self: Any, area: Any) -> None:
        if not self.sh1107_addressing:
            blinka(self, area)
            return
        column, page = area.x1 + self.colstart, (area.y1 + self.rowstart) // 8
        for place in (bytes([0x10 | column >> 4, column & 0x0F]), bytes([0xB0 | page])):
            self.begin_transaction()
            self.send(command, toggle, place)
            self.end_transaction()

    core.set_region_to_update = set_region_to_update


def _let_keys_end(keypad: Any) -> None:
    """Blinka's ``deinit`` waits for a thread that never ends."""

    def scan(keys: Any) -> None:
        while not getattr(keys, "_over", False):
            time.sleep(keys._interval)
            keys._scanning_function()

    def deinit(keys: Any) -> None:
        keys._over = True
        keys._scan_thread.join()

    keypad._KeysBase._scanning_loop = scan
    keypad._KeysBase.deinit = deinit


def _count_asking(queue: Any, wiring: Wiring) -> None:
    blinka = queue.get

    def get(events: Any) -> Any:
        event = blinka(events)
        if event is None:
            wiring.count_asked()
        return event

    queue.get = get


def _redraw(displayio: Any, bus: Bus) -> None:
    """Redraws displays that want it, while the bus is free, as CircuitPython's background task does."""
    while True:
        time.sleep(_FRAME_SECONDS)
        automatic = [display for display in displayio.displays if display.auto_refresh]
        if automatic and bus.free:
            for display in automatic:
                try:
                    display.refresh()
                except (IndexError, RuntimeError):
                    # the program changed the picture meanwhile: all of it, next time
                    display._core.refresh_in_progress = False
                    display._core.full_refresh = True
