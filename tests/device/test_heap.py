"""The heap under MicroPython, 128 KB of it: all of the firmware fits, and logins leave nothing behind."""

import os
import time

import pytest

from sparekey_token.core import compose

from .service import Account, Service, expected
from .test_pin import type_pin
from .token_in_hand import Token

LOGINS = int(os.environ.get("SPAREKEY_LOGINS", "25"))
"""1000 for the long version."""

_PIN = "4711"


def _log_in(token: Token, account: Account, service: Service) -> None:
    body = service.login()
    token.scan(body)
    number = token.ask("otp.generate", index=account.index)
    token.wait_for("Log in?")
    since = time.time()
    token.press("ok")
    assert token.answer(number)["otp"] in expected(account, body, since)
    token.press("back")  # a question in the password's place would be held back
    token.wait_for("account")


def _heap(token: Token) -> dict[str, int]:
    """The heap's figures once the garbage of the last login is gone."""
    begun = token.program.facts()["heap"]["collections"]
    end = time.monotonic() + 20
    while (heap := token.program.facts()["heap"])["collections"] < begun + 2:
        assert time.monotonic() < end
        time.sleep(0.1)
    return heap


@pytest.mark.needs_heap
@pytest.mark.needs_states
def test_twenty_accounts_a_pin_an_enrolment_and_a_thousand_logins_fit_128_kb(held: Token) -> None:
    held.begin("accounts=19")
    changed = held.ask("pin.change")
    held.wait_for("4 to 12 digits")
    held.press("ok")
    for title in ("New PIN", "Again"):
        held.wait_for(title)
        type_pin(held, _PIN)
    assert held.answer(changed, 60) == {}

    service = Service.another("A name of 24 characters!"[:24])
    account = service.enrol(held, "another.24.letters.long.")
    held.call("lock")
    said = held.hello()
    assert (said["accounts"], said["locked"]) == (20, True)

    body = service.login()
    scanned = held.ask("session.start", payload=compose.to_text(body))
    held.wait_for("PIN?")
    type_pin(held, _PIN)
    held.answer(scanned, 60)
    made = held.ask("otp.generate", index=account.index)
    held.wait_for("Log in?")
    since = time.time()
    held.press("ok")
    assert held.answer(made)["otp"] in expected(account, body, since)

    for _ in range(5):
        _log_in(held, account, service)
    before = _heap(held)
    for _ in range(LOGINS):
        _log_in(held, account, service)
    after = _heap(held)
    print(
        f"\nlive heap after 5 logins {before['live']:,}, after {LOGINS} more {after['live']:,} bytes;",
        end=" ",
    )
    print(f"largest {after['largest']:,} of {after['size']:,}")
    assert after["live"] <= before["live"] + 1024
    assert after["largest"] < after["size"] <= 128 * 1024
