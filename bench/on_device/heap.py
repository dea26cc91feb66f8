"""Heap in use on the device's interpreter, stage by stage: prints a stage's name and its bytes.

The firmware itself on parts without drivers: start, hello, one OTP with its press. ``apart`` is what this
script takes, and the memory that stands for the chip's nvm; the other figures are without it.
"""

import gc
import time

gc.collect()
START = gc.mem_alloc()

from sparekey_token import RELEASED  # noqa: E402
from sparekey_token.core import compose, frame  # noqa: E402

figures = []


def stage(name):
    """Notes what is in use after collecting."""
    gc.collect()
    figures.append((name, gc.mem_alloc()))


NOW = RELEASED + 86_400
SERVER = bytes(range(8))


class Screen:
    """Remembers the last screen's name."""

    name = ""

    def show(self, view):
        self.name = view.name

    def brightness(self, percent):
        pass


class Buttons:
    """Presses OK where a screen asks, again and again: a screen takes no press at once."""

    def __init__(self, screen):
        self.screen = screen
        self.armed = False

    def poll(self):
        if self.armed and self.screen.name == "login.ask":
            return "ok"
        return None


class Clock:
    """Stands still."""

    def read(self):
        return NOW

    def set(self, unix):
        pass


class Link:
    """A host that sends one line at a time and takes all that comes."""

    connected = True

    def __init__(self):
        self.sent = b""
        self.came = b""

    def read(self):
        sent, self.sent = self.sent, b""
        return sent

    def write(self, data):
        self.came += bytes(data)
        return len(data)


class Memory:
    """4,096 bytes, as an RP2's nvm."""

    size = 4096

    def __init__(self):
        self.data = bytearray(b"\xff" * self.size)

    def read(self, start, length):
        return bytes(self.data[start : start + length])

    def write(self, start, data):
        self.data[start : start + len(data)] = data

    def erase(self):
        self.data = bytearray(b"\xff" * self.size)


def ask(app, link, method, params):
    """The result of one request, the loop turning meanwhile."""
    link.came = b""
    link.sent = frame.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    until = time.ticks_add(time.ticks_ms(), 10_000)
    while time.ticks_diff(until, time.ticks_ms()) > 0:
        app.step()
        while b"\n" in link.came:
            line, link.came = link.came.split(b"\n", 1)
            if line:
                message = frame.decode(line)
                if message.get("id") == 1:
                    return message["result"]
    raise RuntimeError("no answer to " + method)


def main():
    from sparekey_token.core import messages, otp, proof  # noqa: F401

    stage("core")
    from sparekey_token.vault import Vault

    gc.collect()
    before = gc.mem_alloc()
    memory = Memory()
    gc.collect()
    apart = gc.mem_alloc() - before  # on a board that is the chip's nvm, not heap
    vault = Vault(memory, secret=bytes(32))
    vault.add(SERVER, bytes(32), "Sparekey demo", "ada", 12345, "crock32-30", False, bytes(range(32)))
    stage("vault")
    from sparekey_token import app as loop

    stage("flows")
    screen = Screen()
    buttons = Buttons(screen)
    link = Link()
    app = loop.App(screen, buttons, Clock(), link, vault, "bench")
    for _ in range(50):
        app.step()
    ask(app, link, "hello", {"versions": [1]})
    stage("app")
    body = compose.login_body(SERVER, bytes(16), NOW + 60, True, "Sparekey demo", "Firefox, Ghent")
    ask(app, link, "session.start", {"payload": compose.to_text(body)})
    buttons.armed = True
    assert len(ask(app, link, "otp.generate", {"index": 0})["otp"]) == 13
    stage("login")
    print("apart", START + apart)
    for name, used in figures:
        print(name, used - START - (apart if name != "core" else 0))


main()
