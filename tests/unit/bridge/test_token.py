"""The token client on a pty."""

import os
import threading
from pathlib import Path

import pytest

from sparekey.bridge import errors
from sparekey.bridge.token import Token
from sparekey_token.core.errors import code_of
from sparekey_token.core.sentences import SENTENCES

from .server_double import ServerDouble
from .token_double import Held, TokenDouble


def opened(token: TokenDouble) -> Token:
    return Token.open(str(token.path))


def test_hello_says_who_it_is(token: TokenDouble) -> None:
    with opened(token) as client:
        said = client.hello()
    assert (said.version, said.board, said.token_id, said.accounts) == (1, "double", token.token_id, 1)


def test_noise_on_the_line_is_passed_over(token: TokenDouble) -> None:
    token.noise = b"\xff\xfegarbage\n{}\n" + os.urandom(300).replace(b"\n", b"") + b"\n" + b"x" * 3000 + b"\n"
    with opened(token) as client:
        for _ in range(5):
            client.ping()


def test_half_a_line_left_by_another_program_is_ended(token: TokenDouble) -> None:
    # not to become the terminal that controls the tests, and ends them when it hangs up
    port = os.open(token.path, os.O_WRONLY | os.O_NOCTTY)
    os.write(port, b'{"jsonrpc": "2.0", "id": 1, "meth')
    os.close(port)
    with opened(token) as client:
        client.ping()


@pytest.mark.parametrize("name", [name for name in SENTENCES if name != "unreachable"])
def test_a_refusal_has_its_number_its_name_and_a_sentence(token: TokenDouble, name: str) -> None:
    token.refusals["accounts.list"] = name
    with opened(token) as client, pytest.raises(errors.TokenRefused) as caught:
        client.accounts()
    assert caught.value.name == name
    assert caught.value.number == code_of(name)
    assert str(caught.value) == SENTENCES[name]
    assert caught.value.exit_status == 1


def test_a_refusals_detail_is_kept(token: TokenDouble) -> None:
    token.refusals["accounts.list"] = "fault"
    token.detail = "MemoryError"
    with opened(token) as client, pytest.raises(errors.TokenRefused) as caught:
        client.accounts()
    assert str(caught.value).endswith("(MemoryError)")


def test_all_accounts_are_listed_page_by_page(token: TokenDouble) -> None:
    token.accounts += [Held(f"more{number}", b"\0" * 8) for number in range(6)]
    with opened(token) as client:
        assert [one["name"] for one in client.accounts()] == [one.name for one in token.accounts]


def test_a_silent_token_is_told_apart_from_a_missing_one(token: TokenDouble) -> None:
    with opened(token) as client:
        token.finger = None
        with pytest.raises(errors.TokenSilent):
            # the double answers pings, so what is silent here is a method that nobody presses for
            client._ask("wipe", {}, None, -1)
        token.unplug()
        with pytest.raises(errors.TokenGone):
            client.ping()
        assert not client.plugged()


def test_the_wait_for_a_press_is_told_and_can_be_cancelled(token: TokenDouble) -> None:
    token.finger = None
    told: list[tuple[str, int]] = []
    with opened(token) as client:
        cancelling = threading.Thread(target=client.cancel)

        def heard(what: str, seconds: int) -> None:
            told.append((what, seconds))
            cancelling.start()

        with pytest.raises(errors.TokenRefused) as caught:
            client.call("wipe", waiting=heard)
        cancelling.join()
    assert caught.value.name == "declined"
    assert told == [("button", 30)]


def test_a_request_left_by_a_dead_program_is_cancelled(token: TokenDouble) -> None:
    token.finger = None
    first = Token.open(str(token.path))
    first._send(99, "wipe", {})
    assert token.waits.wait(5)
    first.close()
    with opened(token) as client:
        assert client.accounts()
    assert "cancel" in token.asked


def test_a_token_in_use_by_its_person_stays_busy(token: TokenDouble) -> None:
    token.refusals["accounts.list"] = "busy"
    with opened(token) as client, pytest.raises(errors.TokenRefused) as caught:
        client.accounts()
    assert caught.value.number == 56


def test_two_bridges_at_one_token(token: TokenDouble) -> None:
    with opened(token), pytest.raises(errors.PortBusy) as caught:
        opened(token)
    assert str(token.path) in str(caught.value)
    with opened(token) as client:
        client.ping()


def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(errors.PortFailed, match="does not exist"):
        Token.open(str(tmp_path / "nothing"))


def test_something_else_than_a_token(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no port")
    with pytest.raises(errors.PortFailed):
        Token.open(str(tmp_path / "file"))


def test_nothing_secret_in_what_is_shown(token: TokenDouble, server: ServerDouble) -> None:
    with opened(token) as client:
        client.start_session(server.login_text())
        made = client.call("otp.generate", {"index": 0})["otp"]
        assert made not in repr(client)
