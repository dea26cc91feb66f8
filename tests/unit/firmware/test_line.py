"""The serial line, whatever a host sends or fails to read."""

import json

import pytest

from sparekey_token.core import compose, frame

from .doubles import Desk, login_body


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.add()
    return made


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"garbage\n", "parse_error"),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"} 00000000\n', "parse_error"),
        (b"x" * 1200 + b"\n", "parse_error"),
        (frame.encode({"jsonrpc": "2.0", "id": 1, "method": "fly"}), "method_not_found"),
        (frame.encode({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": 1}}), "invalid_params"),
        (frame.encode({"jsonrpc": "2.0", "method": "ping"}), "invalid_request"),
        (frame.encode({"jsonrpc": "2.0", "id": "i" * 50, "method": "ping"}), "invalid_request"),
        (
            frame.encode({"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"versions": [9]}}),
            "invalid_params",
        ),
    ],
)
def test_what_breaks_the_rules_is_named_and_the_next_request_works(
    desk: Desk, line: bytes, name: str
) -> None:
    desk.write(line)
    assert [said["error"]["data"]["name"] for said in desk.hear()] == [name]
    assert desk.call("ping") == {}


def test_an_error_answers_to_the_requests_id(desk: Desk) -> None:
    desk.write(frame.encode({"jsonrpc": "2.0", "id": "seven", "method": "fly"}))
    assert desk.hear()[0]["id"] == "seven"


def test_a_host_that_reads_nothing_gets_whole_lines_later(desk: Desk) -> None:
    desk.link.room = 30
    for _ in range(200):
        desk.send("hello", versions=[1])
    assert len(desk.app._line._out) <= 2 * frame.MAX_LINE
    desk.link.room = 1 << 30
    desk.rounds()
    assert len(desk.hear()) > 2
    assert desk.call("ping") == {}


def test_a_host_that_went_leaves_no_half_line_to_the_next(desk: Desk) -> None:
    desk.link.room = 30
    desk.send("hello", versions=[1])
    desk.link.connected = False
    desk.rounds()
    desk.link.connected = True
    desk.link.room = 1 << 30
    first = desk.link.outward
    desk.link.outward = b""
    desk.rounds()
    assert len(first) == 30
    assert desk.call("ping") == {}


def test_a_pulled_cable_ends_what_waits(desk: Desk) -> None:
    desk.call("session.start", payload=compose.to_text(login_body()))
    desk.send("otp.generate", index=0)
    desk.link.connected = False
    desk.rounds()
    assert desk.screen.view.name == "error.declined"
    desk.link.connected = True
    assert desk.call("otp.generate", index=0) == "no_session"


def test_many_accounts_come_in_pages() -> None:
    desk = Desk()
    for number in range(20):
        desk.add(f"account number {number:09}", "S" * 24)
    start: int | None = 0
    found: list[str] = []
    while start is not None:
        said = desk.call("accounts.list", **{"from": start})
        found += [one["name"] for one in said["accounts"]]
        start = said.get("next")
    assert found == [f"account number {number:09}" for number in range(20)]
    said = desk.call("session.start", payload=compose.to_text(login_body()))
    assert len(json.dumps(said)) < 1024
    assert said["next"] == len(said["accounts"])


def test_names_of_any_letters_pass(desk: Desk) -> None:
    desk.add('"\\\u0001\u20ac漢字' + "é" * 4, "Bücher & Söhne")
    said = desk.call("accounts.list")["accounts"]
    assert said[1]["server"] == "Bücher & Söhne"


def test_a_flow_that_fails_is_said_and_left(desk: Desk) -> None:
    def broken(index: int) -> None:
        raise KeyError("secret")

    desk.call("session.start", payload=compose.to_text(login_body()))
    desk.vault.key = broken
    asked = desk.send("otp.generate", index=0)
    desk.press("ok")
    answer = desk.answer(asked)
    assert answer["error"]["data"]["name"] == "fault"
    assert "secret" not in json.dumps(answer)
    assert desk.screen.view.name == "error.fault"
    assert "secret" not in desk.screen.text
    assert desk.call("ping") == {}


def test_while_the_person_is_in_the_menu_requests_that_need_the_screen_wait(desk: Desk) -> None:
    desk.press("ok")
    assert desk.screen.view.name == "menu"
    assert desk.call("session.start", payload=compose.to_text(login_body())) == "busy"
    assert isinstance(desk.call("accounts.list"), dict)
    desk.pass_seconds(62)
    assert desk.screen.view.name == "idle"
