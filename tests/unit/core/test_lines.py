"""The serial line (docs/protocol.md §7): framing, and the shapes of all messages."""

import binascii
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey_token.core import frame, messages

objects = st.dictionaries(
    st.text(max_size=8),
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20),
    max_size=5,
).map(lambda fields: fields | {"jsonrpc": "2.0"})


def with_crc(body: bytes) -> bytes:
    return body + b" %08x\n" % binascii.crc32(body)


@given(objects)
def test_an_object_comes_back(message: dict[str, object]) -> None:
    line = frame.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert frame.decode(line) == message


@given(objects, st.data())
def test_a_changed_byte_is_found(message: dict[str, object], data: st.DataObject) -> None:
    line = bytearray(frame.encode(message))
    place = data.draw(st.integers(0, len(line) - 2))
    line[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(frame.LineFault):
        frame.decode(bytes(line))


@given(st.lists(objects, max_size=5), st.data())
def test_lines_are_put_together_from_any_pieces(sent: list[dict[str, object]], data: st.DataObject) -> None:
    stream = b"".join(frame.encode(message) for message in sent)
    pieces, assembler, got = stream, frame.Assembler(), []
    while pieces:
        count = data.draw(st.integers(1, 60))
        assembler.feed(pieces[:count])
        pieces = pieces[count:]
        while (line := assembler.next_line()) is not None:
            got.append(frame.decode(line))
    assert got == sent


@pytest.mark.parametrize("length", [frame.MAX_LINE, frame.MAX_LINE + 1, 5000])
def test_an_overlong_line_is_told_once_and_dropped_to_its_end(length: int) -> None:
    assembler = frame.Assembler()
    faults, lines = 0, []
    stream = b"x" * length + b"\nnext\n"
    for start in range(0, len(stream), 100):
        assembler.feed(stream[start : start + 100])
        while True:
            try:
                line = assembler.next_line()
            except frame.LineFault:
                faults += 1
                continue
            if line is None:
                break
            lines.append(line)
    assert (faults, lines) == (1, [b"next"])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\n", frame.PARSE_ERROR),
        (b'{"jsonrpc":"2.0"}\n', frame.PARSE_ERROR),
        (with_crc(b"{"), frame.PARSE_ERROR),
        (with_crc(b"\xff"), frame.PARSE_ERROR),
        (with_crc(b"[" * 900), frame.PARSE_ERROR),
        (with_crc(b"[]"), frame.INVALID_REQUEST),
        (with_crc(b'{"id":1}'), frame.INVALID_REQUEST),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: bytes, code: int) -> None:
    with pytest.raises(frame.LineFault) as fault:
        frame.decode(line)
    assert fault.value.code == code


def test_a_line_never_grows_past_the_limit() -> None:
    with pytest.raises(ValueError):
        frame.encode({"jsonrpc": "2.0", "payload": "A" * 1024})


def request(method: object, params: object = None, ident: object = 1) -> dict[str, object]:
    return json.loads(json.dumps({"jsonrpc": "2.0", "id": ident, "method": method, "params": params or {}}))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (request("hello", ident=None), frame.INVALID_REQUEST),
        (request("ping", ident=True), frame.INVALID_REQUEST),
        (request(5), frame.INVALID_REQUEST),
        (request("no.such"), frame.METHOD_NOT_FOUND),
        (request("hello"), frame.INVALID_PARAMS),
        (request("hello", {"versions": 1}), frame.INVALID_PARAMS),
        (request("hello", {"versions": [True]}), frame.INVALID_PARAMS),
        (request("ping", {"more": 1}), frame.INVALID_PARAMS),
        (request("otp.generate", {"index": -1}), frame.INVALID_PARAMS),
        (request("otp.generate", {"index": 0.5}), frame.INVALID_PARAMS),
        (request("enrol.reveal", {"server_nonce": "0" * 31}), frame.INVALID_PARAMS),
        (request("enrol.reveal", {"server_nonce": "g" * 32}), frame.INVALID_PARAMS),
        (request("time.set", {"unix": 5, "proof": "00"}), frame.INVALID_PARAMS),
    ],
)
def test_a_request_of_another_shape_is_refused(message: dict[str, object], code: int) -> None:
    with pytest.raises(frame.LineFault) as fault:
        messages.check_request(message)
    assert fault.value.code == code


def test_optional_fields_may_be_left_out() -> None:
    _, _, values = messages.check_request(request("time.set", {"unix": 5}))
    assert values == {"unix": 5, "proof": None}
    assert messages.to_wire(messages.METHODS["time.set"].params, values) == {"unix": 5}
