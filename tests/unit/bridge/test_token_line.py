"""The token client on a line that brings whatever hypothesis thinks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.bridge.errors import TokenError, TokenGarbled, TokenGone, TokenRefused, TokenSilent
from sparekey.bridge.token import Token
from sparekey_token.core import frame


class Script:
    """A line that brings given pieces, and is pulled then."""

    path = "script"

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.written = b""

    def read(self, seconds: float) -> bytes:
        if not self.pieces:
            raise TokenGone(self.path)
        return self.pieces.pop(0)

    def write(self, data: bytes) -> None:
        self.written += data

    def plugged(self) -> bool:
        return True

    def close(self) -> None:
        pass


def answer(**fields: object) -> bytes:
    return frame.encode({"jsonrpc": "2.0", "id": 1, **fields})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_noise_before_the_answer_changes_nothing(pieces: list[bytes]) -> None:
    script = Script(*pieces, b"\n", answer(result={}))
    assert Token(script).call("ping", patience=1) == {}


@given(st.integers(1, 40))
def test_an_answer_in_pieces_is_put_together(size: int) -> None:
    line = answer(result={"accounts": [{"index": 1, "name": "ada"}]})
    script = Script(*(line[at : at + size] for at in range(0, len(line), size)))
    assert Token(script).call("accounts.list", patience=1)["accounts"] == [{"index": 1, "name": "ada"}]


@given(JSON, st.sampled_from(["result", "error", "params"]), st.sampled_from(["hello", "otp.generate"]))
def test_any_answer_is_the_right_one_or_an_error_of_ours(value: object, field: str, method: str) -> None:
    params: dict[str, object] = {"versions": [1]} if method == "hello" else {"index": 0}
    message = {"method": "waiting", field: value} if field == "params" else {field: value}
    with pytest.raises(TokenError):
        Token(Script(answer(**message))).call(method, params, patience=1)


@given(st.integers(), JSON, JSON)
def test_any_error_has_a_number_and_a_name(code: int, name: object, message: object) -> None:
    error = {"code": code, "message": message, "data": {"name": name}}
    with pytest.raises(TokenRefused) as caught:
        Token(Script(answer(error=error))).call("ping", patience=1)
    assert caught.value.number == code
    assert isinstance(caught.value.name, str)
    assert str(caught.value)


def test_another_version_is_not_spoken() -> None:
    told = {
        "version": 2, "firmware": "9", "board": "b", "token_id": "00" * 8, "unix": 0, "clock": "set",
        "locked": False, "pin": False, "accounts": 0, "capacity": 1,
    }  # fmt: skip
    with pytest.raises(TokenGarbled, match="version 2"):
        Token(Script(answer(result=told))).hello()


def test_silence_cancels_what_was_asked() -> None:
    script = Script()
    with pytest.raises(TokenSilent):
        Token(script).call("wipe", patience=0)
    assert b'"cancel"' in script.written


def waiting(seconds: int) -> bytes:
    told = {"for": "button", "seconds": seconds}
    return frame.encode({"jsonrpc": "2.0", "method": "waiting", "params": told})


def test_a_wait_longer_than_any_clock_makes_no_sense() -> None:
    with pytest.raises(TokenGarbled):
        Token(Script(waiting(10**400))).call("wipe", patience=1)


def test_what_a_modem_sends_back_is_no_answer() -> None:
    class Echo(Script):
        def read(self, seconds: float) -> bytes:
            self.pieces, self.written = [self.written] if self.written else [], b""
            return super().read(seconds)

    with pytest.raises(TokenGone):
        Token(Echo()).call("hello", {"versions": [1]}, patience=1)


@pytest.mark.parametrize("following", [0, 5, 4])
def test_a_list_of_accounts_that_never_ends_makes_no_sense(following: int) -> None:
    class Circle(Script):
        def read(self, seconds: float) -> bytes:
            self.pieces.append(b"")
            ident = len(self.pieces)
            listed = [{"index": 4, "name": "ada"}]
            result = {"accounts": listed, "next": following if following < 5 else ident}
            return frame.encode({"jsonrpc": "2.0", "id": ident, "result": result})

    with pytest.raises(TokenGarbled):
        Token(Circle()).accounts()


def test_an_interruption_stays_one_where_the_token_has_gone() -> None:
    class Interrupted(Script):
        def read(self, seconds: float) -> bytes:
            raise KeyboardInterrupt

        def write(self, data: bytes) -> None:
            if b'"cancel"' in data:
                raise TokenGone(self.path)

    with pytest.raises(KeyboardInterrupt):
        Token(Interrupted()).call("wipe", patience=1)
