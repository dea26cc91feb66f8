"""The finger: presses a token's buttons, cuts its power and overhears what it writes to its OLED.

The protocol (README.md) is lines of text. Nothing here waits: a press goes on while others are taken.
"""

import binascii
import time

import digitalio
import i2ctarget
import pins
import usb_cdc

LONGEST_LINE = 64
LONGEST_PRESS_MS = 60_000


def now_ms():
    """Milliseconds that only ever grow."""
    return time.monotonic_ns() // 1_000_000


def output(pin, value, drive_mode):
    """A pin as an output that begins at ``value``."""
    made = digitalio.DigitalInOut(pin)
    made.switch_to_output(value, drive_mode)
    return made


class Finger:
    """The pins, the wires to the OLED's bus, and the serial line."""

    def __init__(self, port):
        self._port = port
        port.timeout = 0
        port.write_timeout = 1
        self._line = b""
        # open drain: the token's own pull-ups say what high is
        self._buttons = {
            name: output(pin, True, digitalio.DriveMode.OPEN_DRAIN)
            for name, pin in (("ok", pins.OK), ("next", pins.NEXT), ("back", pins.BACK))
        }
        self._power = output(pins.POWER, True, digitalio.DriveMode.PUSH_PULL)
        self._until = {}
        # a second target at the OLED's address: both pull the acknowledge low, as one would
        self._oled = i2ctarget.I2CTarget(pins.SCL, pins.SDA, (pins.OLED_ADDRESS,))

    def step(self):
        """One short round."""
        self._overhear()
        self._release()
        waiting = self._port.in_waiting
        if waiting:
            self._take(self._port.read(min(waiting, 64)))

    def _overhear(self):
        request = self._oled.request(timeout=0)
        if request is None:
            return
        with request:
            if request.is_read:
                return
            data = bytes(request.read())
        if data:
            self._say("oled " + binascii.hexlify(data).decode())

    def _release(self):
        for name in list(self._until):
            if now_ms() >= self._until[name]:
                del self._until[name]
                self._buttons[name].value = True
                self._say("done press " + name)

    def _take(self, data):
        for byte in data:
            if byte != 0x0A:
                self._line = (self._line + bytes((byte,)))[: LONGEST_LINE + 1]
                continue
            line, self._line = self._line, b""
            try:
                self._obey(line.decode().split())
            except (ValueError, KeyError, UnicodeError):
                self._say("error not understood")

    def _obey(self, words):
        if words == ["hello"]:
            self._say("finger 1")
        elif len(words) == 3 and words[0] == "press":
            milliseconds = int(words[2])
            if not 1 <= milliseconds <= LONGEST_PRESS_MS:
                raise ValueError
            self._buttons[words[1]].value = False
            self._until[words[1]] = now_ms() + milliseconds
        elif len(words) == 2 and words[0] in ("hold", "release"):
            self._buttons[words[1]].value = words[0] == "release"
            self._say("done " + " ".join(words))
        elif words in (["power", "on"], ["power", "off"]):
            self._power.value = words[1] == "on"
            self._say("done " + " ".join(words))
        else:
            raise ValueError

    def _say(self, text):
        self._port.write((text + "\n").encode())


finger = Finger(usb_cdc.data)
while True:
    finger.step()
