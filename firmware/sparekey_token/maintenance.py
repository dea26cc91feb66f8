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
        if not kept.count and not kept.damaged:
            return True
        screen = Screen(bus, pins.OLED, pins.OLED_ADDRESS)
        if not _let_go(screen):
            return False
        buttons = Buttons((pins.OK, pins.NEXT, pins.BACK), pins.BUTTON_PRESSED)
        try:
            yes = _asked(screen, buttons, kept.count)
        finally:
            buttons.deinit()
        if yes:
            kept.wipe()
        return yes
    except OSError:
        return False  # no display: what isn't said isn't agreed to
    finally:
        bus.deinit()


def _let_go(screen) -> bool:  # type: ignore[no-untyped-def]
    """Waits until back isn't held any more; False where that doesn't come."""
    screen.show(page("drive.held", ["Open the drive?", "", "Let go of back,", "then choose."]))
    begun = time.monotonic_ns()
    while held():
        if time.monotonic_ns() - begun > _SECONDS * 1_000_000_000:
            return False
    return True


def _asked(screen, buttons, count: int) -> bool:  # type: ignore[no-untyped-def]
    held = str(count) + (" account" if count == 1 else " accounts")
    lines = ["Open the drive?", "This erases", held + " first.", "", "ok erase    back keep"]
    screen.show(page("drive.ask", lines))
    while buttons.poll() is not None:
        pass  # from before it was asked: a button held down counts as pressed when the keypad starts
    begun = time.monotonic_ns()
    while time.monotonic_ns() - begun < _SECONDS * 1_000_000_000:
        pressed = buttons.poll()
        if pressed == "ok":
            screen.show(page("drive.erasing", ["", "", "Erasing..."]))
            return True
        if pressed == "back":
            return False
        time.sleep(0.01)
    return False
