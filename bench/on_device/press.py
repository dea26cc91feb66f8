"""From the press to the OTP on the screen, on the device's interpreter: prints a name and its figures.

``path`` and ``floor`` in turn, in microseconds; ``bare`` is the floor's hashes without the drawing;
``allocated`` and ``hashes`` in bytes. The path is the round of the app's loop that the press comes in.
"""

import gc
import hashlib
import sys

import display

from sparekey_token import RELEASED
from sparekey_token.core import compose, frame
from sparekey_token.vault import Vault

display.put_in_place()

from sparekey_token.app import App  # noqa: E402
from sparekey_token.parts.screen import Screen  # noqa: E402

KEY = bytes(range(32))
SERVER = bytes(range(8))
INNER = int.from_bytes(b"\x36" * 64, "big")
OUTER = int.from_bytes(b"\x5c" * 64, "big")


class Buttons:
    """Held by a script."""

    pressed = None
    at = 0

    def poll(self):
        pressed, self.pressed = self.pressed, None
        if pressed:
            self.at = display.ticks_us()
        return pressed


class Clock:
    """A chip whose registers are read over the bus: its flag, then its date."""

    now = RELEASED

    def read(self):
        display.wire(14)
        return self.now


class Link:
    """A host that takes all."""

    connected = True
    sent = b""
    came = b""

    def read(self):
        sent, self.sent = self.sent, b""
        return sent

    def write(self, data):
        self.came = bytes(data)
        return len(data)


def hmac(key, message):
    """HMAC-SHA256 and nothing else."""
    number = int.from_bytes(key, "big") << 8 * (64 - len(key))
    inner = hashlib.sha256((number ^ INNER).to_bytes(64, "big"))
    inner.update(message)
    outer = hashlib.sha256((number ^ OUTER).to_bytes(64, "big"))
    outer.update(inner.digest())
    return outer.digest()


def hashes(body):
    """What docs/protocol.md §3 and §4 ask for: HKDF's two HMACs, the payload's hash, OCRA's HMAC."""
    key = hmac(hmac(bytes(32), KEY), b"sparekey/1 otp\x01")
    return hmac(key, bytes(30) + hashlib.sha256(body).digest() + bytes(104))


class Desk:
    """A token with one account, its host and its person."""

    def __init__(self):
        self.buttons, self.clock, self.link = Buttons(), Clock(), Link()
        self.screen = Screen(display.Bus(), "ssd1306", 0x3C)
        if display.framebuf:
            for letter in range(97):  # whichever a password has
                for scale in (1, 2):
                    self.screen._sheet.tile(letter, scale)
        vault = Vault(display.Chip(), display.Chip(), secret=bytes(32))
        vault.add(SERVER, bytes(32), "Sparekey demo", "ada", 12345, "crock32-30", False, KEY)
        self.app = App(self.screen, self.buttons, self.clock, self.link, vault, "bench")
        self.number = 0
        self.body = b""
        self.shown = None

    def ask(self, method, **params):
        self.link.sent = frame.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        for _ in range(8):
            self.app.step()

    def until_the_question(self):
        """Another login in another interval, up to the question on the screen; the view shown there."""
        gc.collect()
        self.number += 1
        self.clock.now += 120
        self.ask("session.stop")
        # read and put away: a question in an OTP's place would be held back for half a second
        self.buttons.pressed = "back"
        self.app.step()
        self.app.step()
        session = self.number.to_bytes(16, "big")
        self.body = compose.login_body(
            SERVER, session, self.clock.now + 3600, True, "Sparekey demo", "Firefox, Ghent"
        )
        self.ask("session.start", payload=compose.to_text(self.body))
        self.ask("otp.generate", index=0)
        assert self.screen._shown.name == "login.ask"
        return self.screen._shown

    def press(self):
        """The round of the loop that the press comes in; microseconds from there to the end of drawing."""
        self.buttons.pressed = "ok"
        self.app.step()
        return display.ticks_diff(display.Display.drawn_at, self.buttons.at)


def timed(call):
    begun = display.ticks_us()
    call()
    return display.ticks_us() - begun


def allocated(call):
    """Bytes that a call takes off the heap, given back or not; 0 where nobody counts."""
    if not hasattr(gc, "mem_alloc"):
        call()
        return 0
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    call()
    taken = gc.mem_alloc() - before
    gc.enable()
    return taken


display.KILOHERTZ = int(sys.argv[2])
desk = Desk()
figures = {"path": [], "floor": [], "bare": [], "allocated": [], "hashes": []}
for _ in range(int(sys.argv[1]) + 1):
    asked = desk.until_the_question()
    figures["path"].append(desk.press())
    desk.shown = desk.screen._shown
    assert desk.shown.name == "login.otp"
    desk.app.step()
    assert b'"otp"' in desk.link.came

    desk.screen.show(asked)
    figures["floor"].append(timed(lambda: (hashes(desk.body), desk.screen.show(desk.shown))))
    figures["bare"].append(timed(lambda: hashes(desk.body)))
    desk.until_the_question()
    figures["allocated"].append(allocated(desk.press))
    figures["hashes"].append(allocated(lambda: hashes(desk.body)))
for name in figures:
    print(name, *(str(figure) for figure in figures[name][1:]))
