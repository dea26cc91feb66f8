"""Adding accounts on any token (docs/protocol.md §6), against a service played by the core."""

import os
import time

import pytest

from sparekey_token.core import agreement, compose, otp

from .serial_line import Refusal
from .service import Service, expected, is_right
from .token_in_hand import Token


def test_an_account_is_added_and_makes_the_right_otp(token: Token) -> None:
    service = Service.another("Library")
    account = service.enrol(token, "marie")
    token.wait_for("Account added")
    asked = time.time()
    said = token.hello()
    assert (said["accounts"], said["clock"]) == (1, "set")
    assert is_right(said["unix"], asked)
    assert token.call("accounts.list")["accounts"] == [
        {"index": account.index, "server": "Library", "name": "marie"}
    ]
    body = service.login()
    token.scan(body)
    number = token.ask("otp.generate", index=account.index)
    token.wait_for("Log in?")
    since = time.time()
    token.press("ok")
    assert token.answer(number)["otp"] in expected(account, body, since)


def test_names_of_24_bytes_beyond_ascii_are_shown_whole_or_with_boxes(token: Token) -> None:
    service = Service.another("Bücherei Łódź 北京")
    begun = token.ask("enrol.begin", payload=compose.to_text(service.enrolment("ada@example")))
    shown = token.wait_for("Add account?")
    assert "at Bücherei" in shown
    if "states" in token.can:
        assert "□" in shown
    token.press("back")
    with pytest.raises(Refusal):
        token.answer(begun)


def test_nothing_is_begun_without_a_press(token: Token) -> None:
    begun = token.ask("enrol.begin", payload=compose.to_text(Service.another().enrolment("ada")))
    token.wait_for("Add account?")
    for _ in range(20):
        token.call("ping")
        assert token.refused("enrol.reveal", server_nonce=bytes(16).hex()) == "busy"
    assert not token.line.answered(begun)
    token.press("back")
    with pytest.raises(Refusal) as refused:
        token.answer(begun)
    assert refused.value.name == "declined"


def _revealed(token: Token, service: Service):  # type: ignore[no-untyped-def]
    body = service.enrolment("ada")
    begun = token.ask("enrol.begin", payload=compose.to_text(body))
    token.wait_for("Add account?")
    token.press("ok")
    return service.reveal(token, body, bytes.fromhex(token.answer(begun)["commitment"]))


def test_a_check_code_that_differs_is_declined_and_leaves_nothing(token: Token) -> None:
    service = Service.another()
    enrolment = _revealed(token, service)
    number = service.finish(token, enrolment, 1)
    token.wait_for(enrolment.check_code)
    token.press("back")
    with pytest.raises(Refusal) as refused:
        token.answer(number)
    assert refused.value.name == "declined"
    assert token.hello()["accounts"] == 0


def test_a_server_without_the_key_is_refused(token: Token) -> None:
    _revealed(token, Service.another())
    proof = agreement.server_proof(os.urandom(32), os.urandom(32), 1, otp.DEFAULT, int(time.time()))
    fields = {"ref": 1, "format": otp.DEFAULT, "unix": int(time.time()), "proof": proof.hex()}
    assert token.refused("enrol.finish", **fields) == "enrolment_refused"
    assert token.hello()["accounts"] == 0


def test_an_all_zero_secret_is_refused(token: Token) -> None:
    body = compose.enrolment_body(
        os.urandom(8), os.urandom(16), int(time.time()) + 600, bytes(32), "Zero", "ada", "http://localhost"
    )
    begun = token.ask("enrol.begin", payload=compose.to_text(body))
    token.wait_for("Add account?")
    token.press("ok")
    token.answer(begun)
    assert token.refused("enrol.reveal", server_nonce=bytes(16).hex()) == "enrolment_refused"


def test_another_key_of_a_known_server_is_refused(enrolled: Token) -> None:
    impostor = Service(private_key=os.urandom(32))
    text = compose.to_text(impostor.enrolment("ada"))
    assert enrolled.refused("enrol.begin", payload=text) == "enrolment_refused"


@pytest.mark.parametrize("step", ["question", "revealed", "check"])
@pytest.mark.needs_power
def test_unplugged_in_the_middle_of_an_enrolment(token: Token, step: str) -> None:
    service = Service.another()
    if step == "question":
        token.ask("enrol.begin", payload=compose.to_text(service.enrolment("ada")))
        token.wait_for("Add account?")
    else:
        enrolment = _revealed(token, service)
        if step == "check":
            service.finish(token, enrolment, 1)
            token.wait_for(enrolment.check_code)
    token.replug()
    assert token.hello()["accounts"] == 0
    assert token.refused("enrol.reveal", server_nonce=bytes(16).hex())
    service.enrol(token)
    assert token.hello()["accounts"] == 1


def test_removing_an_account_takes_a_press(enrolled: Token) -> None:
    number = enrolled.ask("accounts.remove", index=enrolled.account.index)
    enrolled.wait_for("ada")
    assert not enrolled.line.answered(number)
    assert enrolled.hello()["accounts"] == 1
    enrolled.press("ok")
    assert enrolled.answer(number) == {}
    assert enrolled.hello()["accounts"] == 0


def test_a_wipe_takes_presses_and_leaves_nothing(enrolled: Token) -> None:
    ident = enrolled.hello()["token_id"]
    enrolled.wipe()
    said = enrolled.hello()
    assert (said["accounts"], said["token_id"]) == (0, ident)
    assert enrolled.call("accounts.list")["accounts"] == []
