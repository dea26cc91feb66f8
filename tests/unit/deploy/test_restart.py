"""Restarting through CircuitPython's prompt, on a pty that stands for the port."""

import os
import threading
import tty
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sparekey.deploy.restart import INTERRUPT, RESET, restart

_UID = "E6614103E7452D2F"


@dataclass
class _Port:
    device: str
    serial_number: str | None


@pytest.fixture
def board() -> Iterator[tuple[str, list[bytes], threading.Thread]]:
    """A port at whose other end a prompt answers Ctrl-C and takes a line."""
    outer, inner = os.openpty()
    tty.setraw(inner)
    heard: list[bytes] = []

    def prompt() -> None:
        taken = b""
        while not taken.endswith(INTERRUPT):
            taken += os.read(outer, 64)
        os.write(outer, b"\r\nAdafruit CircuitPython 10.3.1 on 2026-10-17\r\n>>> ")
        while not taken.endswith(RESET):
            taken += os.read(outer, 64)
        heard.append(taken)

    thread = threading.Thread(target=prompt, daemon=True)
    thread.start()
    yield os.ttyname(inner), heard, thread
    os.close(inner)
    os.close(outer)


@pytest.mark.parametrize("serial_number", [_UID, _UID.lower(), "6E1614307E54D2F2"])
def test_tells_the_very_board_to_reset(
    serial_number: str, board: tuple[str, list[bytes], threading.Thread]
) -> None:
    path, heard, thread = board
    assert restart(_UID, [_Port("/dev/no-such", "0000"), _Port(path, serial_number)])
    thread.join(10)
    assert heard == [INTERRUPT + RESET]


@pytest.mark.parametrize(
    "ports",
    [
        [],
        [_Port("/dev/no-such", None)],
        [_Port("/dev/no-such", "E6614103E7452D2E")],
        [_Port("/dev/no-such", _UID)],
    ],
)
def test_leaves_other_boards_alone_and_bears_a_port_that_is_gone(ports: list[_Port]) -> None:
    assert restart(_UID, ports) is False


def test_without_an_id_no_board_is_meant() -> None:
    assert restart("", [_Port("/dev/no-such", "")]) is False
