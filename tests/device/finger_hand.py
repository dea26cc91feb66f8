"""The finger (``finger/README.md``) as a hand: a second board presses, cuts power and reads the OLED."""

import contextlib
import time
from pathlib import Path

import serial

from sparekey.virtual.chips.ssd1306 import CELLS, SSD1306
from sparekey.virtual.glyphs import text_of

from .hands import NotSeen

_PRESS_MS = 200
_QUIET_SECONDS = 0.06


class FingerFault(Exception):
    """The finger doesn't answer as its protocol says."""


class FingerHand:
    """Talks to the finger's board."""

    can = frozenset({"screen", "power", "finger"})

    def __init__(self, finger: Path, token: Path) -> None:
        """``finger`` and ``token`` are serial ports. Cuts the token's power once, to see its OLED whole."""
        self._port = serial.Serial(str(finger), timeout=0.02, exclusive=True)
        self._token = token
        self._heard = b""
        self._said: list[str] = []
        self._oled = SSD1306(memoryview(bytearray(CELLS)))
        self._changed = 0.0
        self._send("hello", "finger 1")
        self.power(False)
        self.power(True)

    def close(self) -> None:
        """Lets go of the finger's port."""
        self._port.close()

    def press(self, button: str) -> None:
        """Presses it as long as people do."""
        self._send(f"press {button} {_PRESS_MS}", f"done press {button}")
        self._settle()

    def screen(self) -> str:
        """The text on the token's OLED, from what went over its wires."""
        self._settle()
        return text_of(self._oled.picture())

    def wait_for(self, words: tuple[str, ...], seconds: float) -> str:
        """Waits until the OLED shows one of ``words``. ``NotSeen``."""
        end = time.monotonic() + seconds
        while True:
            text = self.screen()
            if any(word.lower() in text.lower() for word in words):
                return text
            if time.monotonic() > end:
                raise NotSeen(f"the OLED shows\n{text}\nnot {' or '.join(words)}")
            self._hear()

    def power(self, on: bool) -> None:
        """Switches the token's USB power; waits until its port is there, or gone."""
        self._send(f"power {'on' if on else 'off'}", f"done power {'on' if on else 'off'}")
        end = time.monotonic() + 20
        while self._token.exists() != on or (on and not self._openable()):
            if time.monotonic() > end:
                raise FingerFault(f"the token's port {self._token} is {'not there' if on else 'still there'}")
            self._hear()
        if on:
            self.wait_for((" ",), 20)  # it shows something: its loop runs
        else:
            self._oled.reset()

    def _openable(self) -> bool:
        with contextlib.suppress(serial.SerialException):
            serial.Serial(str(self._token)).close()
            return True
        return False

    def _send(self, command: str, answer: str) -> None:
        self._port.write(command.encode() + b"\n")
        end = time.monotonic() + 10
        while answer not in self._said:
            if time.monotonic() > end:
                raise FingerFault(f"the finger said {self._said} to {command!r}")
            self._hear()
        self._said.clear()

    def _settle(self) -> None:
        """Until the OLED has not been written to for a little while."""
        started = time.monotonic()
        self._hear()
        while time.monotonic() - max(self._changed, started) < _QUIET_SECONDS:
            self._hear()

    def _hear(self) -> None:
        self._heard += self._port.read(self._port.in_waiting or 1)
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            word, _, rest = line.decode().partition(" ")
            if word == "oled":
                self._oled.write(bytes.fromhex(rest))
                self._changed = time.monotonic()
            else:
                self._said.append(line.decode())
