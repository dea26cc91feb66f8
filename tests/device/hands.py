"""Who holds the token: a program (virtual tokens), a person who is told what to do, or the finger."""

import time
from pathlib import Path
from typing import Any, Protocol

import httpx

_VIRTUAL = frozenset({"screen", "power", "clock", "battery", "states", "eeprom"})
PROGRAM_CAN = {"virtual": _VIRTUAL | {"cut", "plug", "traffic"}, "micropython": _VIRTUAL | {"heap"}}
"""What a program can do with a virtual token: words of ``options.CONDITIONS``."""


class NotSeen(AssertionError):
    """The screen did not show what was waited for."""


class Hand(Protocol):
    """What is done to a token besides talking to it."""

    can: frozenset[str]
    """Words of ``options.CONDITIONS``."""

    def press(self, button: str) -> None:
        """Presses ok, next or back, once."""

    def screen(self) -> str:
        """The text on the screen."""

    def wait_for(self, words: tuple[str, ...], seconds: float) -> str:
        """Waits until the screen shows one of ``words``; the text. ``NotSeen``."""

    def power(self, on: bool) -> None:
        """Plugs it in (and waits until it runs) or pulls it out."""


class Program:
    """Holds a virtual token by its control address."""

    def __init__(self, control: str, name: str) -> None:
        """``control`` is ``http://HOST:PORT``, ``name`` one of ``PROGRAM_CAN``."""
        self._http = httpx.Client(base_url=control, trust_env=False, timeout=70)
        self.can = PROGRAM_CAN[name]

    def close(self) -> None:
        """Lets go."""
        self._http.close()

    def press(self, button: str) -> None:
        self.post(f"/press/{button}", ms=20)

    def screen(self) -> str:
        return self._http.get("/screen.txt").raise_for_status().text

    def wait_for(self, words: tuple[str, ...], seconds: float) -> str:
        params: dict[str, Any] = {"wait": list(words), "seconds": seconds}
        answer = self._http.get("/screen.txt", params=params)
        if answer.status_code == 408:
            raise NotSeen(f"the OLED shows\n{answer.text}\nnot {' or '.join(words)}")
        return answer.raise_for_status().text

    def power(self, on: bool) -> None:
        self.post(f"/power/{'on' if on else 'off'}")

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        """Does something else to it, as the control address has it."""
        answer = self._http.post(path, params=params).raise_for_status().json()
        assert isinstance(answer, dict)
        return answer

    def facts(self) -> dict[str, Any]:
        """``GET /facts``."""
        answer = self._http.get("/facts").raise_for_status().json()
        assert isinstance(answer, dict)
        return answer


class Person:
    """Someone at the keyboard, told what to do. They press Enter when it is done."""

    can = frozenset({"screen", "power"})

    def __init__(self, port: Path) -> None:
        """``port`` is the token's."""
        self._port = port

    def press(self, button: str) -> None:
        self._told(f"Press {button.upper()} now")

    def screen(self) -> str:
        return self._told("Type what the OLED shows, in one line")

    def wait_for(self, words: tuple[str, ...], seconds: float) -> str:
        if self._told(f"Does the OLED show {' or '.join(words)}? (Enter: yes, n: no)"):
            raise NotSeen(f"the person doesn't see {' or '.join(words)}")
        return words[0]

    def power(self, on: bool) -> None:
        self._told("Plug the token in" if on else "Unplug the token")
        end = time.monotonic() + 20
        while on and not self._port.exists():
            assert time.monotonic() < end, "the token's port has not come back"
            time.sleep(0.1)

    def _told(self, what: str) -> str:
        with Path("/dev/tty").open("r+", encoding="utf-8", buffering=1) as terminal:
            terminal.write(f"\n👉 {what}: ")
            terminal.flush()
            return terminal.readline().strip()
