"""The serial line on any token (docs/protocol.md §7): what it answers, and to what nonsense."""

import json
import os

import pytest

from sparekey_token import __version__
from sparekey_token.core import frame

from .serial_line import Refusal, SerialLine, Silence
from .token_in_hand import Token


def test_hello_says_what_the_token_is(token: Token) -> None:
    said = token.hello()
    assert said["version"] == 1
    assert said["firmware"] == __version__
    assert len(bytes.fromhex(said["token_id"])) == 8
    assert (said["accounts"], said["pin"], said["locked"]) == (0, False, False)
    assert said["capacity"] >= 20
    if "states" in token.can:
        assert (said["clock"], said["unix"]) == ("unset", 0)


def test_hello_refuses_a_version_to_come(answering: Token) -> None:
    assert answering.refused("hello", versions=[2, 3])


def test_ping(answering: Token) -> None:
    assert answering.call("ping") == {}


@pytest.mark.parametrize("garbage", ["random", "zeros", "newlines", "json", "deep", "utf-8"])
def test_garbage_is_answered_with_errors_and_changes_nothing(answering: Token, garbage: str) -> None:
    before = answering.hello()
    answering.line.send(
        {
            "random": os.urandom(3000).replace(b"\n", b"\0") + b"\n",
            "zeros": bytes(500) + b"\n",
            "newlines": b"\n" * 200,
            "json": b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
            "deep": _line(b"[" * 900),
            "utf-8": _line(b'{"jsonrpc":"2.0","id":1,"method":"\xff"}'),
        }[garbage]
    )
    after = answering.hello()
    assert {**after, "unix": 0} == {**before, "unix": 0}


def test_an_over_long_line_is_dropped_to_its_end_and_answered(answering: Token) -> None:
    answering.call("ping")
    answering.line.forget()  # what earlier nonsense was answered with
    answering.line.send(b"x" * 5000 + b"\n")
    with pytest.raises(Refusal) as refused:
        answering.answer(None)
    assert (refused.value.code, refused.value.name) == (frame.PARSE_ERROR, "parse_error")
    assert answering.call("ping") == {}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"id": 7, "method": "no.such"}, frame.METHOD_NOT_FOUND),
        ({"id": 7, "method": "ping", "params": {"a": 1}}, frame.INVALID_PARAMS),
        ({"id": 7, "method": "hello", "params": {"versions": "1"}}, frame.INVALID_PARAMS),
        ({"id": 7, "method": "hello", "params": [1]}, frame.INVALID_PARAMS),
        ({"id": 7}, frame.INVALID_REQUEST),
        ({"id": 7, "method": 8}, frame.INVALID_REQUEST),
    ],
)
def test_a_request_that_is_none_gets_its_error(
    answering: Token, request_: dict[str, object], code: int
) -> None:
    answering.line.send(_line(json.dumps({"jsonrpc": "2.0", **request_}).encode()))
    with pytest.raises(Refusal) as refused:
        answering.answer(7)
    assert refused.value.code == code


def test_a_request_in_many_pieces_and_many_in_one_piece(answering: Token) -> None:
    for byte in frame.encode({"jsonrpc": "2.0", "id": "slow", "method": "ping"}):
        answering.line.send(bytes([byte]))
    assert answering.answer("slow") == {}
    many = [frame.encode({"jsonrpc": "2.0", "id": f"n{n}", "method": "ping"}) for n in range(10)]
    answering.line.send(b"".join(many))
    for number in range(10):
        assert answering.answer(f"n{number}") == {}


def test_a_host_that_goes_in_the_middle_of_a_line(answering: Token) -> None:
    answering.line.send(b'{"jsonrpc":"2.0","id":1,"meth')
    answering.line.close()
    answering.wait_for("clock", "Sparekey")
    answering.line = SerialLine(answering.port)
    try:
        assert answering.answer(answering.ask("ping"), 1) == {}
    except Silence:
        # the token had not noticed: the half line took this one with it
        assert answering.call("ping") == {}


@pytest.mark.needs_screen
def test_a_host_that_never_reads_hangs_nothing(answering: Token) -> None:
    for number in range(600):
        answering.line.send(
            frame.encode(
                {"jsonrpc": "2.0", "id": f"n{number}", "method": "hello", "params": {"versions": [1]}}
            )
        )
    answering.press("ok")
    answering.wait_for(">Accounts")
    answering.press("back")
    answering.wait_for("clock", "Sparekey")
    answering.line.close()
    answering.line = SerialLine(answering.port)
    for _ in range(3):
        try:
            assert answering.answer(answering.ask("ping"), 2) == {}
            return
        except (Silence, frame.LineFault):  # half an old answer may come first
            continue
    raise AssertionError("the token doesn't answer any more")


def _line(body: bytes) -> bytes:
    import binascii

    return body + f" {binascii.crc32(body):08x}\n".encode()
