"""Power that goes in the middle of a write, on the whole token: the vault's own tests try every cut."""

import time

import pytest

from sparekey_token.core import compose

from .serial_line import Refusal, SerialLine, Silence
from .service import Service, expected
from .token_in_hand import Token


def _gone(token: Token) -> None:
    """Waits until the power has failed."""
    end = time.monotonic() + 20
    while token.program.facts()["power"]:
        assert time.monotonic() < end, "the power has not failed"
    assert not token.port.is_symlink()


@pytest.mark.needs_cut
@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_cut_while_an_account_is_stored_leaves_it_or_not(enrolled: Token, after: int) -> None:
    service = Service.another()
    body = service.enrolment("grace")
    begun = enrolled.ask("enrol.begin", payload=compose.to_text(body))
    enrolled.wait_for("Add account?")
    enrolled.press("ok")
    enrolment = service.reveal(enrolled, body, bytes.fromhex(enrolled.answer(begun)["commitment"]))
    number = service.finish(enrolled, enrolment, 7)
    enrolled.wait_for(enrolment.check_code)
    enrolled.program.post("/cut", after=after, seed=after)
    enrolled.press("ok")
    try:
        enrolled.answer(number, 2)
        stored = True
    except (Refusal, Silence, OSError):
        stored = False
    enrolled.program.post("/cut", after="never")
    enrolled.replug()
    assert enrolled.hello()["accounts"] in ((2,) if stored else (1, 2))
    body = Service().login()
    enrolled.scan(body)
    number = enrolled.ask("otp.generate", index=0)
    enrolled.wait_for("as ada")
    since = time.time()
    enrolled.press("ok")
    assert enrolled.answer(number)["otp"] in expected(enrolled.account, body, since)


@pytest.mark.needs_cut
def test_a_wipe_that_a_cut_interrupts_goes_on_at_the_next_start(enrolled: Token) -> None:
    enrolled.ask("wipe")
    enrolled.wait_for("Erase all?")
    enrolled.press("ok")
    enrolled.wait_for("Really erase")
    enrolled.program.post("/cut", after=1, seed=3)
    enrolled.press("next")
    _gone(enrolled)
    enrolled.line.close()
    enrolled.program.power(True)
    enrolled.line = SerialLine(enrolled.port)
    assert enrolled.hello()["accounts"] == 0
