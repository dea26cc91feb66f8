"""Adding an account: the host carries the messages, the person presses twice."""

import pytest

from sparekey_token.core import compose, otp

from .doubles import NOW, Desk, Server, login_body, outcome


def begin(desk: Desk, server: Server) -> object:
    asked = desk.send("enrol.begin", payload=server.text)
    assert desk.answer(asked) is None
    assert desk.screen.view.name == "enrol.ask"
    desk.press("ok")
    commitment = outcome(desk.answer(asked))["commitment"]
    return outcome(desk.answer(desk.send("enrol.reveal", server_nonce=server.commit(commitment))))


def test_two_presses_add_an_account() -> None:
    desk, server = Desk(), Server()
    told = server.reveal(begin(desk, server))
    asked = desk.send("enrol.finish", **told)
    assert desk.answer(asked) is None
    assert desk.vault.count == 0
    assert desk.screen.view.name == "enrol.check"
    assert server.check_code in desk.screen.text
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"index": 0}
    assert desk.screen.view.name == "enrol.done"
    assert desk.vault.key(0) == server.key
    assert desk.call("accounts.list") == {
        "accounts": [{"index": 0, "server": "Sparekey demo", "name": "ada"}]
    }
    body = login_body()
    desk.call("session.start", payload=compose.to_text(body))
    asked = desk.send("otp.generate", index=0)
    desk.press("ok")
    made = otp.shown(otp.compute(server.key, 4242, body, NOW))
    assert outcome(desk.answer(asked)) == {"otp": made}


def test_presses_from_before_the_check_code_was_shown_confirm_nothing() -> None:
    desk, server = Desk(), Server()
    told = server.reveal(begin(desk, server))
    desk.buttons.presses = ["ok"] * 40  # by whom the wait is too long
    asked = desk.send("enrol.finish", **told)
    assert desk.screen.view.name == "enrol.check"
    assert desk.answer(asked) is None
    assert desk.vault.count == 0
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"index": 0}


def test_an_unset_clock_takes_the_servers_time() -> None:
    desk, server = Desk(), Server(expires=5)
    desk.clock.fault = "lost"
    desk.rounds(30)
    told = server.reveal(begin(desk, server), unix=NOW + 7)
    asked = desk.send("enrol.finish", **told)
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"index": 0}
    assert desk.clock.read() == NOW + 7
    assert desk.call("hello", versions=[1])["clock"] == "set"


@pytest.mark.parametrize("button", ["ok", "back"])
def test_a_clock_that_differs_is_the_persons_choice(button: str) -> None:
    desk, server = Desk(), Server()
    told = server.reveal(begin(desk, server), unix=NOW + 90)
    asked = desk.send("enrol.finish", **told)
    desk.press("ok")
    assert outcome(desk.answer(asked)) == {"index": 0}
    assert desk.screen.view.name == "time.ask"
    assert "says Sparekey demo" in desk.screen.text
    desk.press(button)
    assert desk.clock.unix == (NOW + 90 if button == "ok" else NOW)
    assert desk.screen.view.name == "enrol.done"


@pytest.mark.parametrize("field", ["ref", "format", "unix", "proof"])
def test_what_the_server_did_not_say_is_refused(field: str) -> None:
    desk, server = Desk(), Server()
    told = server.reveal(begin(desk, server))
    told[field] = {"ref": 4243, "format": "crock32-40", "unix": NOW + 1, "proof": bytes(32).hex()}[field]
    assert desk.call("enrol.finish", **told) == "enrolment_refused"
    assert desk.screen.view.name == "error.enrolment_refused"
    assert desk.vault.count == 0


def test_the_order_is_kept() -> None:
    desk, server = Desk(), Server()
    assert desk.call("enrol.reveal", server_nonce=bytes(16).hex()) == "enrolment_refused"
    told = server.reveal(begin(desk, server))
    assert desk.call("enrol.reveal", server_nonce=bytes(16).hex()) == "enrolment_refused"
    assert desk.call("enrol.finish", **told) == "enrolment_refused"


def test_declining_either_time_adds_nothing() -> None:
    desk, server = Desk(), Server()
    asked = desk.send("enrol.begin", payload=server.text)
    desk.press("back")
    assert outcome(desk.answer(asked)) == "declined"
    told = server.reveal(begin(desk, server))
    asked = desk.send("enrol.finish", **told)
    desk.press("back")
    assert outcome(desk.answer(asked)) == "declined"
    assert desk.vault.count == 0


def test_a_slow_host_and_a_pulled_cable_end_it() -> None:
    desk, server = Desk(), Server()
    told = server.reveal(begin(desk, server))
    desk.pass_seconds(32)
    assert desk.call("enrol.finish", **told) == "enrolment_refused"
    told = server.reveal(begin(desk, server))
    desk.link.connected = False
    desk.rounds()
    desk.link.connected = True
    assert desk.call("enrol.finish", **told) == "enrolment_refused"


def test_another_key_of_a_known_server_and_a_full_vault_are_refused_before_a_press() -> None:
    desk, server = Desk(), Server()
    desk.add("eve")
    assert desk.call("enrol.begin", payload=server.text) == "enrolment_refused"
    desk = Desk()
    for number in range(20):
        desk.add(str(number), server_id=bytes(8))
    assert desk.call("enrol.begin", payload=server.text) == "vault_full"
    assert desk.screen.view.name == "error.vault_full"


def test_a_known_server_keeps_its_name() -> None:
    desk, server = Desk(), Server(name="Another name")
    desk.vault.add(server.body[1:9], server.public, "Sparekey demo", "eve", 1, "crock32-30", False, bytes(32))
    desk.send("enrol.begin", payload=server.text)
    assert "at Sparekey demo" in desk.screen.text
    assert "Another name" not in desk.screen.text


def test_a_login_code_is_no_enrolment() -> None:
    assert Desk().call("enrol.begin", payload=compose.to_text(login_body())) == "unknown_kind"
    desk = Desk()
    assert desk.call("session.start", payload=Server().text) == "unknown_kind"
    assert desk.call("enrol.begin", payload=Server(expires=NOW).text) == "expired"
