"""Parts without hardware, a vault in memory, and the two ends that use them; runs on MicroPython too."""

import hashlib
import os
from collections import namedtuple

from sparekey_token import RELEASED
from sparekey_token.app import App
from sparekey_token.core import agreement, compose, frame, x25519
from sparekey_token.core.errors import Refused
from sparekey_token.parts import ClockLost

NOW = RELEASED + 71_600
SERVER_ID = b"\1\2\3\4\5\6\7\10"
ACCOUNT_KEY = bytes(range(32))

Account = namedtuple("Account", ("index", "server_id", "server", "name", "reference", "format", "pin"))


class Screen:
    def __init__(self):
        self.view = None
        self.names = []
        self.percent = 0
        self.plugged = True

    def show(self, view):
        if not self.plugged:
            raise OSError("no display")
        for x, y, scale, text in view.texts:
            assert x >= 0, (view.name, text)
            assert x + 6 * scale * len(text) <= 128, (view.name, text)
            assert y >= 0, (view.name, text)
            assert y + 12 * scale <= 64, (view.name, text)
        self.view = view
        if not self.names or self.names[-1] != view.name:
            self.names.append(view.name)

    def brightness(self, percent):
        self.percent = percent

    def answers(self):
        return self.plugged

    @property
    def text(self):
        return "\n".join([text[3] for text in self.view.texts])


class Buttons:
    def __init__(self):
        self.presses = []

    def poll(self):
        return self.presses.pop(0) if self.presses else None


class Clock:
    def __init__(self, unix=NOW):
        self.unix = unix
        self.fault = None

    def read(self):
        if self.fault == "bus":
            raise OSError("no clock")
        if self.fault == "lost":
            raise ClockLost("lost")
        return self.unix

    def set(self, unix):
        if self.fault == "bus":
            raise OSError("no clock")
        self.unix = unix
        self.fault = None


class Link:
    def __init__(self):
        self.connected = True
        self.inward = b""
        self.outward = b""
        self.room = 1 << 30

    def read(self):
        data, self.inward = self.inward[:64], self.inward[64:]
        return data

    def write(self, data):
        taken = data[: self.room]
        self.room -= len(taken)
        self.outward += taken
        return len(taken)


class Vault:
    """The vault's interface, kept in memory, with a PIN of no strength."""

    capacity = 20
    damaged = 0
    wiping = False
    wait_seconds = 0

    def __init__(self):
        self._accounts = {}
        self._keys = {}
        self._servers = {}
        self._settings = {}
        self._interval = 0
        self.pin = None
        self.unlocked = True
        self.tries_left = 8

    @property
    def count(self):
        return len(self._accounts)

    @property
    def has_pin(self):
        return self.pin is not None

    def server_key(self, server_id):
        return self._servers.get(server_id)

    def accounts(self, server_id=None):
        self._open()
        found = [self._accounts[index] for index in sorted(self._accounts)]
        return iter([one for one in found if server_id is None or one.server_id == server_id])

    def account(self, index):
        self._open()
        if index not in self._accounts:
            raise Refused("no_account")
        return self._accounts[index]

    def key(self, index):
        self.account(index)
        return self._keys[index]

    def add(self, server_id, server_key, server, name, reference, format, pin, key):
        self._open()
        index = 0
        while index in self._accounts:
            index += 1
        self._accounts[index] = Account(index, server_id, server, name, reference, format, pin)
        self._keys[index] = key
        self._servers[server_id] = server_key
        return index

    def remove(self, index):
        self.account(index)
        del self._accounts[index]

    def wipe(self):
        self.__init__()

    def unlock(self, pin):
        self.tries_left -= 1
        yield
        yield
        if pin == self.pin:
            self.tries_left = 8
            self.unlocked = True
            return True
        if not self.tries_left:
            self.wipe()
        return False

    def change_pin(self, new):
        yield
        self.pin = new

    def lock(self):
        self.unlocked = self.pin is None

    def setting(self, name, default):
        return self._settings.get(name, default)

    def set_setting(self, name, value):
        self._settings[name] = value

    def used_interval(self):
        return self._interval

    def use_interval(self, interval):
        self._interval = max(interval, self._interval)

    def _open(self):
        if not self.unlocked:
            raise Refused("locked")


class Ram:
    """A memory for the real vault."""

    def __init__(self, size=4096):
        self.size = size
        self.cells = bytearray(b"\xff" * size)

    def read(self, start, length):
        return bytes(self.cells[start : start + length])

    def write(self, start, data):
        assert self.read(start, len(data)) == b"\xff" * len(data)
        self.cells[start : start + len(data)] = data

    def erase(self):
        self.cells[:] = b"\xff" * self.size


class Desk:
    """A token on a desk: its parts, its host's end of the cable, its person's finger, and the time."""

    def __init__(self, vault=None, screen=None, random=None):
        self.random = random
        self.screen, self.buttons, self.clock, self.link = Screen(), Buttons(), Clock(), Link()
        self.screen = screen or self.screen
        self.vault = vault or Vault()
        self.milliseconds = 5000
        self._number = 0
        self.heard = []
        self._lines = frame.Assembler()
        self.power_up()

    def power_up(self):
        self.app = App(
            self.screen,
            self.buttons,
            self.clock,
            self.link,
            self.vault,
            "desk",
            b"tokentok",
            ticks=lambda: self.milliseconds,
            random=self.random,
        )

    def add(
        self, name="ada", server="Sparekey demo", server_id=SERVER_ID, key=ACCOUNT_KEY, format="crock32-30"
    ):
        return self.vault.add(
            server_id, bytes(32), server, name, 12345 + self.vault.count, format, False, key
        )

    def rounds(self, count=6):
        for _ in range(count):
            self.milliseconds += 10
            self.app.step()

    def pass_seconds(self, seconds):
        for _ in range(seconds):
            self.milliseconds += 1000
            if self.clock.fault is None:
                self.clock.unix += 1
            self.app.step()

    def type_pin(self, pin):
        """Types a PIN as a person does who looks at the screen."""
        for digit in pin:
            for _ in range(12):
                if self._offered() == digit:
                    break
                self.press("next")
            assert self._offered() == digit
            self.press("ok")
        if len(pin) < 12:
            assert self._offered() == "done"
            self.press("ok")
        self.work()

    def _offered(self):
        return next(iter([text for _, _, scale, text in self.screen.view.texts if scale == 2]))

    def work(self):
        """Lets the token compute to its end."""
        while self.app.token.working:
            self.rounds(1)
        self.rounds(2)

    def press(self, *buttons):
        for button in buttons:
            self.buttons.presses.append(button)
            self.rounds()

    def write(self, data):
        self.link.inward += data
        self.rounds(3 + len(data) // 64)
        while self.screen.view.name == "request.next":
            self.rounds(1)

    def send(self, method, **params):
        self._number += 1
        self.write(frame.encode({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}))
        return self._number

    def hear(self):
        """All messages that came since; none may be malformed."""
        self._lines.feed(self.link.outward)
        self.link.outward = b""
        while True:
            line = self._lines.next_line()
            if line is None:
                break
            self.heard.append(frame.decode(line))
        heard, self.heard = self.heard, []
        return heard

    def answer(self, ident):
        """The answer to a request, or None while there is none."""
        heard = self.hear()
        found = None
        for message in heard:
            if message.get("id") == ident and "method" not in message:
                found = message
        self.heard = [message for message in heard if message is not found]
        return found

    def call(self, method, **params):
        """The result of a request that is answered at once, or the error's name."""
        return outcome(self.answer(self.send(method, **params)))


def outcome(message):
    assert message is not None, "no answer"
    return message["result"] if "result" in message else message["error"]["data"]["name"]


def login_body(
    expires=NOW + 300, allowed=True, server_id=SERVER_ID, session=bytes(16), hint="Firefox, Ghent"
):
    return compose.login_body(server_id, session, expires, allowed, "Not this name", hint)


class Server:
    """The server's side of an enrolment."""

    def __init__(self, expires=NOW + 300, name="Sparekey demo", account="ada"):
        self.private = hashlib.sha256(b"server").digest()
        self.public = x25519.public_key(self.private)
        self.nonce = os.urandom(16)
        self.reference = 4242
        self.body = compose.enrolment_body(
            SERVER_ID, os.urandom(16), expires, self.public, name, account, "http://127.0.0.1:1"
        )
        self.text = compose.to_text(self.body)

    def commit(self, commitment):
        self.commitment = bytes.fromhex(commitment)
        return self.nonce.hex()

    def reveal(self, said, unix=NOW, format="crock32-30"):
        public, nonce = bytes.fromhex(said["public_key"]), bytes.fromhex(said["token_nonce"])
        assert agreement.commitment(public, nonce) == self.commitment
        hashed = agreement.transcript(self.body, self.commitment, self.nonce, public, nonce)
        shared = x25519.shared(self.private, public)
        self.key = agreement.account_key(shared, hashed)
        self.check_code = agreement.check_code(shared, hashed)
        self.pin = said["pin"]
        assert agreement.token_proof(self.key, hashed, said["pin"]).hex() == said["proof"]
        proof = agreement.server_proof(self.key, hashed, self.reference, format, unix)
        return {"ref": self.reference, "format": format, "unix": unix, "proof": proof.hex()}
