"""Opening drive and REPL: asked of who holds back while plugging in, before boot.py shows them.

Whoever sees drive and REPL can read the vault's memory. So an empty vault is opened at once, and one with
accounts is erased first, after a press, as the screen says; back, or a minute without a press, and all
stays as it is.
"""

import time

import digitalio
import pins

from .flows.view import page
from .parts.bus import Bus
from .parts.buttons import Buttons
from .parts.screen import Screen
from .start import vault

_SECONDS = 60


def held() -> bool:
    """Whether the button back is held down now."""
    button = digitalio.DigitalInOut(pins.BACK)
    button.switch_to_input(digitalio.Pull.DOWN if pins.BUTTON_PRESSED else digitalio.Pull.UP)
    try:
        time.sleep(0.01)  # the pull-up takes a moment
        return button.value == pins.BUTTON_PRESSED
    finally:
        button.deinit()


def agreed() -> bool:
    """Whether drive and REPL may be shown; the vault is empty then."""
    bus = Bus(pins.I2C)
    try:
        kept = vault(bus)
        count = kept.count
        if not count and not kept.damaged:
            return True
        buttons = Buttons((pins.OK, pins.NEXT, pins.BACK), pins.BUTTON_PRESSED)
        try:
            yes = _asked(Screen(bus, pins.OLED, pins.OLED_ADDRESS), buttons, count)
        finally:
            buttons.deinit()
        if yes:
            kept.wipe()
        return yes
    finally:
        bus.deinit()


def _asked(screen: Screen, buttons: Buttons, count: int) -> bool:
    """``OSError`` where no display answers: what isn't said isn't agreed to."""
    held = str(count) + (" account" if count == 1 else " accounts")
    lines = ["Open the drive?", "This erases", held + " first.", "", "ok erase    back keep"]
    screen.show(page("drive.ask", lines))
    begun = time.monotonic_ns()
    first = True
    while time.monotonic_ns() - begun < _SECONDS * 1_000_000_000:
        pressed = buttons.poll()
        if pressed == "ok":
            screen.show(page("drive.erasing", ["", "", "Erasing..."]))
            return True
        if pressed == "back" and not first:
            return False
        if pressed is not None:
            first = False  # back was held on the way in, and keypad tells of that first
        time.sleep(0.01)
    return False
