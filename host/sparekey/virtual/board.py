"""The virtual board as people have it in their hand: an OLED to look at, buttons, a cable, a battery."""

import asyncio
import time
from pathlib import Path

from . import mains, pins, states
from .chips import timebase
from .chips.ssd1306 import GDDRAM
from .glyphs import text_of
from .interpreter import Interpreter
from .power import Power
from .rtc_battery import carry_over
from .soldered import Cells, Parts
from .watchdog import Watchdog

BUTTONS = ("ok", "next", "back")
_PATIENCE = 2.0  # seconds for the firmware to look at a button
_SAMPLES = 2  # the firmware's look that is under way doesn't count, the next one does
_QUIET_SECONDS = 0.025  # a redraw comes in several pieces; after this it is mostly over
_HUNG_SECONDS = 0.5  # firmware that does not ask for a press within this is looked at as it stands


class Board:
    """A board with its state in a folder. For one event loop."""

    def __init__(self, state: Path, port: Path, interpreter: Interpreter, parts: Parts | None = None) -> None:
        """``OSError`` where ``state`` can't be written."""
        self.cells = Cells(state, parts)
        self.wiring = pins.Wiring(self.cells.pins)
        carry_over(self.cells.rtc, state)
        self.interpreter = interpreter
        self.power = Power(interpreter, port, Watchdog(self.cells.watchdog), self._looked)
        self._oled = self.cells.screen()
        self._oled.reset()
        self._changes = 0
        self._changed_at = 0.0
        self._watchers: set[asyncio.Event] = set()
        self._seen_after: dict[str, int] = {}
        self._closed = False

    async def press(self, button: str, milliseconds: int) -> None:
        """Presses a button as long as told, and until the firmware has looked (2 s at most) and shown it."""
        pin = self.wiring.buttons[BUTTONS.index(button)]
        end = time.monotonic() + milliseconds / 1000
        for level in (pins.LOW, pins.FLOATING):
            seen = self.wiring.reads_of(pin) + _SAMPLES
            give_up = end + _PATIENCE if self.power.loops else end
            self.wiring.drive(pin, level)
            while (now := time.monotonic()) < end or (now < give_up and self.wiring.reads_of(pin) < seen):
                await asyncio.sleep(min(0.005, max(0.001, end - now)))
        # it may be asking just now; what it asks after that finds the press heeded, and shown
        await self._asked(2, _PATIENCE)

    async def _asked(self, times: int, seconds: float) -> bool:
        """Waits until the firmware, if it runs, has asked so often for a press that was not there."""
        since, end = self.wiring.asked, time.monotonic() + seconds
        while (self.wiring.asked - since) % 256 < times:
            if not self.power.loops or time.monotonic() > end:
                return False
            await asyncio.sleep(0.001)
        return True

    def shift_clock(self, seconds: float) -> None:
        """Moves the RTC."""
        timebase.shift(self.cells.rtc, round(seconds * 1e9))

    def lose_battery(self) -> None:
        """The RTC loses its time."""
        timebase.lose_battery(self.cells.rtc)

    def hold(self, button: str, down: bool) -> None:
        """Holds a button down, or lets go of it."""
        pin = self.wiring.buttons[BUTTONS.index(button)]
        self._seen_after[button] = self.wiring.reads_of(pin) + _SAMPLES
        self.wiring.drive(pin, pins.LOW if down else pins.FLOATING)

    async def let_go(self, button: str) -> None:
        """Lets go of a button that is held, once the firmware, if it runs, has looked (2 s at most)."""
        pin = self.wiring.buttons[BUTTONS.index(button)]
        seen, end = self._seen_after.get(button, 0), time.monotonic() + _PATIENCE
        while self.power.loops and self.wiring.reads_of(pin) < seen and time.monotonic() < end:
            await asyncio.sleep(0.005)
        self.hold(button, False)

    async def switch_on(self) -> None:
        """Plugs the board in."""
        if not self.power.on:
            self.cells.clock().power_up()
            self.interpreter.power_up(self.cells)
            await self.power.switch_on()

    async def close(self) -> None:
        """Pulls the board out for good: whoever waits for a change is answered at once, now and later."""
        self._closed = True
        await self.power.switch_off()
        self._looked()

    async def begin(self, state: states.State) -> None:
        """Begins anew in a state: everything plugged in, nothing pressed, no cut to come."""
        await self.power.switch_off()
        for address in self.cells.parts.sockets.values():
            self.wiring.plug(address, pins.IN)
        for button in BUTTONS:
            self.hold(button, False)
        self.wiring.bus_held_low = False
        mains.arm(self.cells.mains, None)
        states.begin(self.cells, state)
        await self.switch_on()

    def plug(self, socket: str, how: int) -> None:
        """Puts a chip on its socket (``pins.IN``), takes it off (``OUT``) or has it hang (``STUCK``).

        A chip that had no power is as after power-up.
        """
        self.wiring.plug(self.cells.parts.sockets[socket], how)
        if socket == "oled" and how != pins.STUCK:
            self._oled.reset()
            self._looked()
        elif socket == "rtc" and how == pins.IN:
            self.cells.clock().power_up()

    def cut_at(self, changes: int | None, seed: int) -> None:
        """Has the power fail in the middle of a change of nvm or EEPROM."""
        mains.arm(self.cells.mains, changes, seed)

    @property
    def facts(self) -> dict[str, object]:
        """What a test asks: power, the interpreter and its heap, how often OLED and memories changed."""
        return {
            "vm": self.interpreter.name,
            "power": self.power.on,
            "loops": self.power.loops,
            "reset": self.power.reset_reason,
            "changes": self._changes,
            "memory_changes": mains.changes(self.cells.mains),
            "heap": self.interpreter.heap(),
        }

    @property
    def changes(self) -> int:
        """How often the OLED has changed."""
        return self._changes

    async def picture(self) -> bytes:
        """What a person sees, once a redraw is over and a press would answer it: as ``SSD1306.picture``.

        The firmware redraws before it asks for a press, and heeds none from before it had drawn: what is
        the same before and after it asked is whole, and is what a press is for.
        """
        while (quiet := self._changed_at + _QUIET_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(quiet)
        end = time.monotonic() + _HUNG_SECONDS
        seen: bytes | None = None
        while self.power.on:
            still = self._oled.still()
            if still is None:
                await asyncio.sleep(0.001)
                continue
            before, seen = seen, still.picture()
            if seen == before or not await self._asked(1, end - time.monotonic()):
                return seen
        return bytes(GDDRAM)

    async def text(self) -> str:
        """The text on the OLED."""
        return text_of(await self.picture())

    async def next_change(self, since: int, seconds: float) -> int:
        """Waits until ``changes`` isn't ``since``, or the time is over; answers ``changes``."""
        if self._changes == since and not self._closed:
            seen = asyncio.Event()
            self._watchers.add(seen)
            try:
                await asyncio.wait_for(seen.wait(), seconds)
            except TimeoutError:
                pass
            finally:
                self._watchers.discard(seen)
        return self._changes

    async def wait_for(self, words: list[str], seconds: float) -> tuple[bool, str]:
        """Waits for one of ``words`` on the OLED (case doesn't matter): whether it is there, and the text."""
        end = time.monotonic() + seconds
        while True:
            changes = self._changes
            text = await self.text()
            if any(word.lower() in text.lower() for word in words):
                return True, text
            left = end - time.monotonic()
            if left <= 0 or self._closed:
                return False, text
            await self.next_change(changes, left)

    def _looked(self) -> None:
        if self.power.on:
            self.interpreter.look(self._oled)
        self._changes += 1
        self._changed_at = time.monotonic()
        for seen in self._watchers:
            seen.set()
