"""Which port is the token's."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparekey.bridge import cable, errors, ports
from sparekey.bridge.token import Token

from .token_double import TokenDouble


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ports that the operating system would list."""
    listed: list[str] = []
    monkeypatch.setattr(ports, "candidates", lambda: listed)
    return listed


@pytest.fixture
def other(tmp_path: Path) -> Iterator[TokenDouble]:
    """Another token."""
    with TokenDouble(tmp_path / "ttyOTHER") as double:
        yield double


def test_the_only_token_is_found(token: TokenDouble, plugged: list[str]) -> None:
    plugged.append(str(token.path))
    with Token.open() as found:
        assert found.token_id == token.token_id


def test_no_token(plugged: list[str]) -> None:
    with pytest.raises(errors.NoToken) as caught:
        Token.open()
    assert caught.value.exit_status == 3
    assert "--port" in caught.value.next_step


def test_several_tokens_are_told_apart_by_id(
    token: TokenDouble, other: TokenDouble, plugged: list[str]
) -> None:
    plugged += [str(token.path), str(other.path)]
    with pytest.raises(errors.SeveralTokens) as caught:
        Token.open()
    assert token.token_id.hex() in str(caught.value)
    with Token.open(other.token_id.hex()) as found:
        assert found.path == str(other.path)


def test_a_token_that_is_not_the_one_asked_for(token: TokenDouble, plugged: list[str]) -> None:
    plugged.append(str(token.path))
    with pytest.raises(errors.OtherToken):
        Token.open("00" * 8)


def test_a_port_held_by_another_is_named_where_no_token_is_free(
    token: TokenDouble, plugged: list[str]
) -> None:
    plugged.append(str(token.path))
    with Token.open(), pytest.raises(errors.PortBusy):
        Token.open()


def test_the_same_token_is_found_again_at_another_port(
    token: TokenDouble, other: TokenDouble, plugged: list[str]
) -> None:
    plugged += [str(other.path), str(token.path)]
    found = ports.find_again("/dev/ttyGONE", token.token_id, Token, threading.Event())
    assert found is not None
    with found:
        assert found.token_id == token.token_id


def test_the_search_ends_when_it_is_told_to(plugged: list[str]) -> None:
    ended = threading.Event()
    ended.set()
    assert ports.find_again("/dev/ttyGONE", b"", Token, ended) is None


@pytest.mark.parametrize(
    ("platform", "given", "opened"),
    [
        ("darwin", "/dev/tty.usbmodem1201", "/dev/cu.usbmodem1201"),
        ("darwin", "/dev/cu.usbmodem1201", "/dev/cu.usbmodem1201"),
        ("win32", "com12:", "COM12"),
        ("win32", "COM3", "COM3"),
        ("linux", "/dev/tty.x", "/dev/tty.x"),
    ],
)
def test_names_as_each_system_has_them(platform: str, given: str, opened: str) -> None:
    assert ports.canonical(given, platform) == opened


def test_permission_denied_comes_with_the_command_that_mends_it(tmp_path: Path) -> None:
    port = tmp_path / "ttyACM0"
    port.touch()
    fault = cable._explained(str(port), PermissionError(13, "Permission denied"))
    assert isinstance(fault, errors.PortDenied)
    assert "usermod" in fault.next_step or "udev" in fault.next_step


def test_windows_says_access_is_denied_for_a_port_in_use() -> None:
    words = "could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)"
    assert isinstance(cable._explained("COM3", OSError(words)), errors.PortBusy)
    words = "could not open port 'COM9': FileNotFoundError(2, 'The system cannot find the file')"
    assert "does not exist" in str(cable._explained("COM9", OSError(words)))
