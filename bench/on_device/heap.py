"""Heap in use on the device's interpreter, stage by stage: prints a stage's name and its bytes.

``heap.py MEMORY LOGIN UNIX``: the firmware itself on parts without drivers, its vault in the file MEMORY and
its clock at UNIX: start, hello, one OTP with its press for the QR code's text LOGIN. ``apart`` is what this
script takes; the other figures are without it.
"""

import gc
import sys
import time

gc.threshold(4096)
figures = []


def stage(name):
    """Notes what is in use after collecting."""
    gc.collect()
    figures.append((name, gc.mem_alloc()))


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
        return int(sys.argv[3])

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
    """A file as an RP2's nvm."""

    size = 4096

    def __init__(self, path):
        self.file = open(path, "r+b")  # noqa: PTH123, SIM115

    def read(self, start, length):
        self.file.seek(start)
        return self.file.read(length)

    def write(self, start, data):
        self.file.seek(start)
        self.file.write(data)

    def erase(self):
        self.write(0, b"\xff" * self.size)


def ask(app, link, method, params):
    """The result of one request, the loop turning meanwhile."""
    from sparekey_token.core import frame

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
    gc.collect()
    start = gc.mem_alloc()
    from sparekey_token.vault import Vault

    vault = Vault(Memory(sys.argv[1]), secret=bytes(32))
    stage("vault")
    from sparekey_token import app as loop

    screen = Screen()
    buttons = Buttons(screen)
    link = Link()
    app = loop.App(screen, buttons, Clock(), link, vault, "bench")
    for _ in range(50):
        app.step()
    stage("app")
    ask(app, link, "hello", {"versions": [1]})
    ask(app, link, "session.start", {"payload": sys.argv[2]})
    buttons.armed = True
    assert len(ask(app, link, "otp.generate", {"index": 0})["otp"]) == 13
    stage("login")
    print("apart", start)
    for name, used in figures:
        print(name, used - start)


main()
