"""Logging in offline on any token: nothing without the press, and the OTP that the core computes."""

import time

import pytest

from sparekey_token.core import compose, proof

from .serial_line import Refusal
from .service import Service, expected
from .token_in_hand import Token

_LAST_INDEX = 63


def _asked(token: Token, body: bytes) -> int:
    """Scans and asks for the OTP, up to the question on the screen."""
    scanned = token.scan(body)
    assert scanned["accounts"] == [{"index": token.account.index, "name": token.account.name}]
    number = token.ask("otp.generate", index=token.account.index)
    token.wait_for("Log in?")
    return number


def test_the_otp_after_a_press_is_what_the_core_computes(enrolled: Token) -> None:
    body = Service().login()
    number = _asked(enrolled, body)
    shown = enrolled.screen()
    assert "at Example" in shown
    assert "as ada" in shown
    assert "hint: Firefox, Ghent" in shown
    since = time.time()
    enrolled.press("ok")
    answer = enrolled.answer(number)["otp"]
    assert answer in expected(enrolled.account, body, since)
    lines = enrolled.wait_for("s left", "Be quick").splitlines()
    assert " ".join(lines[:2]) == answer


def test_no_press_no_otp_however_the_line_is_flooded(enrolled: Token) -> None:
    number = _asked(enrolled, Service().login())
    for _ in range(30):
        for method in ("ping", "hello"):
            enrolled.call(method, **({"versions": [1]} if method == "hello" else {}))
        enrolled.line.send(b"x" * 2000 + b"\n" + b'{"jsonrpc":"2.0"}\n' * 5)
        assert enrolled.refused("otp.generate", index=0) == "busy"
        assert enrolled.refused("session.start", payload="SPAREKEY:0") == "busy"
        assert not enrolled.line.answered(number)
    assert "Log in?" in enrolled.screen()
    enrolled.press("back")
    with pytest.raises(Refusal) as refused:
        enrolled.answer(number)
    assert refused.value.name == "declined"


def test_the_host_is_told_that_the_token_waits(enrolled: Token) -> None:
    number = _asked(enrolled, Service().login())
    enrolled.call("ping")
    assert enrolled.line.notifications[-1]["params"] == {"for": "button", "seconds": 60}
    enrolled.press("back")
    with pytest.raises(Refusal):
        enrolled.answer(number)


def test_the_host_cancels(enrolled: Token) -> None:
    number = _asked(enrolled, Service().login())
    assert enrolled.call("cancel") == {}
    with pytest.raises(Refusal) as refused:
        enrolled.answer(number)
    assert refused.value.name == "declined"
    enrolled.wait_for("Declined")


def test_a_login_ends_with_its_otp_and_needs_a_new_scan(enrolled: Token) -> None:
    body = Service().login()
    number = _asked(enrolled, body)
    enrolled.press("ok")
    first = enrolled.answer(number)["otp"]
    assert enrolled.refused("otp.generate", index=0) == "no_session"
    number = _asked(enrolled, body)
    enrolled.press("ok")
    try:
        assert enrolled.answer(number)["otp"] == first
    except Refusal as refused:
        if refused.name != "no_session":  # the interval may have turned since
            raise


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (lambda: Service.another().login(), "no_account"),
        (lambda: Service().login(expires=int(time.time()) - 5), "expired"),
        (lambda: Service().enrolment("ada"), "unknown_kind"),
    ],
)
def test_a_qr_code_that_is_no_login_here(enrolled: Token, body, name: str) -> None:  # type: ignore[no-untyped-def]
    assert enrolled.refused("session.start", payload=compose.to_text(body())) == name
    enrolled.wait_for("error ")


@pytest.mark.parametrize("text", ["", "SPAREKEY:", "SPAREKEY:!!", "https://example.org", "cut", "altered"])
def test_a_qr_code_that_cant_be_read(answering: Token, text: str) -> None:
    good = compose.to_text(Service().login())
    text = {"cut": good[:-9], "altered": good[:40] + ("0" if good[40] != "0" else "1") + good[41:]}.get(
        text, text
    )
    assert answering.refused("session.start", payload=text) == "bad_payload"


def test_a_server_that_forbids_otps(enrolled: Token) -> None:
    enrolled.scan(Service().login(otp_allowed=False))
    assert enrolled.refused("otp.generate", index=0) == "otp_not_allowed"


def test_the_proof_for_a_server_that_answers(enrolled: Token) -> None:
    body, challenge = Service().login(), bytes(range(16))
    enrolled.scan(body)
    number = enrolled.ask("login.respond", index=enrolled.account.index, challenge=challenge.hex())
    enrolled.wait_for("Log in?")
    assert not enrolled.line.answered(number)
    enrolled.press("ok")
    made = enrolled.answer(number)
    assert made["ref"] == enrolled.account.reference
    assert made["proof"] == proof.login_proof(enrolled.account.key, body, challenge, made["flags"]).hex()


def test_unplugged_at_the_question_and_usable_afterwards(enrolled: Token) -> None:
    _asked(enrolled, Service().login())
    enrolled.replug()
    assert enrolled.hello()["accounts"] == 1
    number = _asked(enrolled, Service().login())
    enrolled.press("ok")
    assert enrolled.answer(number)["otp"]


def test_a_host_that_goes_at_the_question_ends_it(enrolled: Token) -> None:
    from .serial_line import SerialLine

    _asked(enrolled, Service().login())
    enrolled.line.close()
    enrolled.wait_for("Declined", "account")
    enrolled.line = SerialLine(enrolled.port)
    assert enrolled.refused("otp.generate", index=0) == "no_session"


def test_next_goes_through_the_accounts_of_that_server(enrolled: Token) -> None:
    second = Service().enrol(enrolled, "grace")
    body = Service().login()
    scanned = enrolled.scan(body)
    assert [one["name"] for one in scanned["accounts"]] == ["ada", "grace"]
    number = enrolled.ask("otp.generate", index=enrolled.account.index)
    enrolled.wait_for("as ada")
    enrolled.press("next")
    enrolled.wait_for("as grace")
    since = time.time()
    enrolled.press("ok")
    assert enrolled.answer(number)["otp"] in expected(second, body, since)


@pytest.mark.needs_states
def test_a_full_token_computes_for_its_last_account_and_takes_no_more(held: Token) -> None:
    from sparekey.virtual import states

    from .service import Account

    held.begin("vault-full")
    count = held.hello()["accounts"]
    assert count == held.hello()["capacity"] <= _LAST_INDEX + 1
    body = Service().login()
    held.scan(body)
    index = count - 1
    number = held.ask("otp.generate", index=index)
    held.wait_for(f"as user {index}")
    since = time.time()
    held.press("ok")
    key = bytes((byte + index) % 256 for byte in states.ACCOUNT_KEY)
    account = Account(index, f"user {index}", states.REFERENCE + index, key)
    assert held.answer(number)["otp"] in expected(account, body, since)
    new = compose.to_text(Service().enrolment("one more"))
    assert held.refused("enrol.begin", payload=new) == "vault_full"
    held.wait_for("no room")
