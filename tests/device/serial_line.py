"""The host's end of the serial line, thin on purpose: it must be able to send what no bridge would."""

import itertools
import time
from pathlib import Path
from typing import Any

import serial

from sparekey_token.core import frame


class Refusal(Exception):
    """The token answered with an error: its code and name (docs/protocol.md §7)."""

    def __init__(self, code: int, name: str, text: str) -> None:
        super().__init__(code, name, text)
        self.code = code
        self.name = name


class Silence(Exception):
    """The token said nothing in time."""


class SerialLine:
    """An open port."""

    def __init__(self, port: Path) -> None:
        """Opens it; ``serial.SerialException`` where it isn't there."""
        self._port = serial.Serial(str(port), timeout=0.05, exclusive=True)
        self._lines = frame.Assembler()
        self._numbers = itertools.count(1)
        self._answers: dict[object, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []

    def close(self) -> None:
        """Lets go of the port."""
        self._port.close()

    def send(self, data: bytes) -> None:
        """Any bytes."""
        self._port.write(data)

    def ask(self, method: str, **params: object) -> int:
        """Sends a request; answers its number for ``answer``."""
        number = next(self._numbers)
        self.send(frame.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        return number

    def answer(self, number: object, seconds: float = 10) -> dict[str, Any]:
        """The result of a request. ``Refusal`` for an error, ``Silence``."""
        end = time.monotonic() + seconds
        while number not in self._answers:
            self._listen(end)
        message = self._answers.pop(number)
        if "error" in message:
            error = message["error"]
            raise Refusal(error["code"], error["data"]["name"], error["message"])
        result = message["result"]
        assert isinstance(result, dict)
        return result

    def answered(self, number: object) -> bool:
        """Whether the answer has come, without waiting for it."""
        while self._port.in_waiting:
            self._listen(time.monotonic() + 1)
        return number in self._answers

    def forget(self) -> None:
        """Forgets the answers that came and that nobody asked for."""
        self._answers.clear()

    def call(self, method: str, *, seconds: float = 10, **params: object) -> dict[str, Any]:
        """A request and its result."""
        return self.answer(self.ask(method, **params), seconds)

    def _listen(self, end: float) -> None:
        data = self._port.read(self._port.in_waiting or 1)
        if not data and time.monotonic() > end:
            raise Silence
        self._lines.feed(data)
        while (line := self._lines.next_line()) is not None:
            message = frame.decode(line)
            if "method" in message:
                self.notifications.append(message)
            else:
                self._answers[message.get("id")] = message
