"""Builds the token out of what its board has: called by ``app.main`` on CircuitPython."""

import os

import microcontroller
import pins
import storage
import supervisor
import usb_cdc

from .core import digest
from .parts.bus import Bus
from .parts.buttons import Buttons
from .parts.clock import Clock
from .parts.link import Link
from .parts.screen import Screen

_VAULT_FILE = "vault.bin"

_WATCHDOG_SECONDS = 8  # as long as an RP2040's can be


def started(make):  # type: ignore[no-untyped-def]
    """``make`` is ``app.App``; answers one, ready to run, its watchdog awake before any chip is spoken to."""
    feed = _watchdog()  # type: ignore[no-untyped-call]
    supervisor.runtime.autoreload = False
    bus = Bus(pins.I2C)
    kept = vault(bus, feed)
    if feed is not None:
        feed()
    screen = Screen(bus, pins.OLED, pins.OLED_ADDRESS)
    return make(
        screen,
        Buttons((pins.OK, pins.NEXT, pins.BACK), pins.BUTTON_PRESSED),
        Clock(bus, pins.RTC),
        Link(),
        kept,
        pins.BOARD,
        token_id(),
        feed=feed,
        exposed=exposed(),
    )


def exposed() -> str:
    """What shows drive and REPL to a host: ``"usb"``, ``"web"`` (CircuitPython's web workflow), or ``""``."""
    if os.getenv("CIRCUITPY_WEB_API_PASSWORD") is not None:
        return "web"
    return "usb" if usb_cdc.console is not None or storage.getmount("/").readonly else ""


def vault(bus: Bus, feed=None):  # type: ignore[no-untyped-def]
    """The vault in the chip's own memory, its second home in the EEPROM.

    A board without one has a file on its drive instead, unless a host may write there, too. ``feed()`` is
    called while it is opened: to find what is left of a badly damaged one takes longer than a watchdog waits.
    """
    from .parts.nvm import Nvm
    from .vault import Vault

    second = None
    if pins.EEPROM_ADDRESS is not None and bus.answers(pins.EEPROM_ADDRESS):
        from .parts.eeprom import Eeprom

        second = Eeprom(bus, pins.EEPROM_ADDRESS)
    elif pins.EEPROM_ADDRESS is None and not storage.getmount("/").readonly:
        from .parts.file_memory import FileMemory

        second = FileMemory(_VAULT_FILE)
    memory = Nvm()
    memory.feed = feed
    opened = Vault(memory, second, secret=bytes(microcontroller.cpu.uid))
    memory.feed = None
    return opened


def token_id() -> bytes:
    """Eight bytes that tell this chip from others, and tell nothing of its serial number."""
    return digest.sha256(b"sparekey/1 token id\x00" + bytes(microcontroller.cpu.uid))[:8]


def _watchdog():  # type: ignore[no-untyped-def]
    try:
        from watchdog import WatchDogMode

        dog = microcontroller.watchdog
        dog.timeout = _WATCHDOG_SECONDS  # type: ignore[union-attr]
        dog.mode = WatchDogMode.RESET  # type: ignore[union-attr]
        return dog.feed  # type: ignore[union-attr]
    except (ImportError, AttributeError, NotImplementedError):
        return None  # a chip without one
