"""A token in someone's hand with its cable plugged into this computer: what the device tests hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sparekey_token.core import compose

from .hands import Hand, Program
from .serial_line import Refusal, SerialLine
from .service import ENROLLED, Account, Service

HELLO = {"versions": [1]}


class Token:
    """Reads as what a person does."""

    def __init__(self, port: Path, hand: Hand, name: str) -> None:
        """``port`` is opened at once."""
        self.port = port
        self.hand = hand
        self.name = name
        self.line = SerialLine(port)

    def __repr__(self) -> str:
        return f"<token {self.name}>"

    @property
    def can(self) -> frozenset[str]:
        """Words of ``options.CONDITIONS``."""
        return self.hand.can

    @property
    def program(self) -> Program:
        """The hand of a virtual token, for what only virtual tokens can."""
        assert isinstance(self.hand, Program)
        return self.hand

    # the person

    def press(self, *buttons: str) -> None:
        """Presses buttons one after the other."""
        for button in buttons:
            self.hand.press(button)

    def screen(self) -> str:
        """The text on the screen."""
        return self.hand.screen()

    def wait_for(self, *words: str, seconds: float = 20) -> str:
        """Waits until the screen shows one of ``words``; the text."""
        return self.hand.wait_for(words, seconds)

    def power_off(self) -> None:
        """Pulls it out."""
        self.line.close()
        self.hand.power(False)

    def power_on(self) -> None:
        """Plugs it in and opens its port."""
        self.hand.power(True)
        self.line = SerialLine(self.port)

    def replug(self) -> None:
        """Out and in."""
        self.power_off()
        self.power_on()

    def restarted(self, restart: Callable[[], object]) -> None:
        """Does something after which the token has been without power."""
        self.line.close()
        restart()
        self.line = SerialLine(self.port)

    def begin(self, state: str) -> None:
        """Begins in a state: any where the hand can, else ``fresh`` or ``enrolled`` by what people do."""
        if "states" in self.can:
            self.restarted(lambda: self.program.post(f"/start/{state}"))
            return
        self.wipe()
        if state == "enrolled":
            self.account = Service().enrol(self)

    account: Account = ENROLLED
    """The account of an ``enrolled`` token."""

    def wipe(self) -> None:
        """Wipes it over the line, with its presses."""
        number = self.ask("wipe")
        self.wait_for("Erase all?")
        self.press("ok")
        self.wait_for("Really erase")
        self.press("next")
        self.answer(number)

    # the host

    def ask(self, method: str, **params: object) -> int:
        """Sends a request; answers its number."""
        return self.line.ask(method, **params)

    def answer(self, number: object, seconds: float = 20) -> dict[str, Any]:
        """The result of a request; ``Refusal``, ``Silence``."""
        return self.line.answer(number, seconds)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """A request and its result."""
        return self.line.call(method, seconds=20, **params)

    def hello(self) -> dict[str, Any]:
        """What it says of itself."""
        return self.call("hello", **HELLO)

    def refused(self, method: str, **params: object) -> str:
        """The name of the error that a request ends with."""
        try:
            self.call(method, **params)
        except Refusal as refusal:
            return refusal.name
        raise AssertionError(f"{method} was not refused")

    def scan(self, body: bytes) -> dict[str, Any]:
        """Starts a login session with a QR code's bytes."""
        return self.call("session.start", payload=compose.to_text(body))
