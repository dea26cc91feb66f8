"""Typing a PIN on the virtual token with its three buttons, as a person does: reading, then pressing."""

import time

from tests.system.real_programs import Holder


def type_pin(token: Holder, title: str, pin: str) -> None:
    """Types ``pin`` at the screen with that title, and says that it is done."""
    for count, wanted in enumerate([*pin, "done"]):
        _turn_to(token, title, count, wanted)
        token.press("ok")
        if wanted != "done":
            _wait(token, title, count + 1)


def _turn_to(token: Holder, title: str, count: int, wanted: str) -> None:
    for _ in range(12):
        offered = _wait(token, title, count)
        if offered == wanted:
            return
        token.press("next")
        end = time.monotonic() + 10
        while _offered(token.screen()) == offered and time.monotonic() < end:
            time.sleep(0.01)
    raise AssertionError(f"{wanted} is not offered")


def _wait(token: Holder, title: str, count: int) -> str:
    """What is offered once ``count`` digits are typed."""
    end = time.monotonic() + 20
    while True:
        text = token.screen()
        if title in text and text.count("*") == count and _offered(text):
            return _offered(text)
        assert time.monotonic() < end, text
        time.sleep(0.01)


def _offered(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in lines if line == "done" or (len(line) == 1 and line.isdigit())), "")
