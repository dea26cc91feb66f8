"""The heap under MicroPython: what the firmware uses at most, and that logins leave nothing behind."""

import os
import time

import pytest

from .service import Service, expected
from .token_in_hand import Token

LOGINS = int(os.environ.get("SPAREKEY_LOGINS", "25"))
"""1000 for the long version."""


def _log_in(token: Token) -> None:
    body = Service().login()
    token.scan(body)
    number = token.ask("otp.generate", index=0)
    token.wait_for("Log in?")
    token.press("ok")
    assert token.answer(number)["otp"] in expected(token.account, body, time.time())


def _live(token: Token) -> dict[str, int]:
    """The heap's figures once the garbage of the last login is gone."""
    token.press("back")
    token.wait_for("account")
    begun = token.program.facts()["heap"]["collections"]
    end = time.monotonic() + 20
    while (heap := token.program.facts()["heap"])["collections"] < begun + 2:
        assert time.monotonic() < end
        time.sleep(0.1)
    return heap


@pytest.mark.needs_heap
def test_the_heap_does_not_grow_with_logins(enrolled: Token) -> None:
    for _ in range(5):
        _log_in(enrolled)
    before = _live(enrolled)
    for _ in range(LOGINS):
        _log_in(enrolled)
    after = _live(enrolled)
    print(
        f"\nlive heap after 5 logins {before['live']:,}, after {LOGINS} more {after['live']:,} bytes;",
        end=" ",
    )
    print(f"largest {after['largest']:,} of {after['size']:,}")
    assert after["live"] <= before["live"] + 1024
    assert after["largest"] < after["size"]
