"""An answer's head and body go out in one piece."""

import asyncio
from typing import cast

import pytest

from sparekey.server.http.gathered_writes import gathering

pytestmark = pytest.mark.anyio


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str) -> str:
        return name


def gathered(wire: Wire) -> asyncio.Transport:
    return gathering(cast("asyncio.Transport", wire), asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_is_one_piece_and_in_its_order() -> None:
    wire = Wire()
    transport = gathered(wire)
    transport.write(b"head ")
    transport.write(b"body")
    assert wire.sent == []
    await asyncio.sleep(0)
    assert wire.sent == [b"head body"]
    transport.write(b"next")
    await asyncio.sleep(0)
    assert wire.sent == [b"head body", b"next"]


async def test_what_was_written_before_closing_is_sent() -> None:
    wire = Wire()
    transport = gathered(wire)
    transport.write(b"the last word")
    transport.close()
    assert (wire.sent, wire.closed, transport.is_closing()) == ([b"the last word"], True, True)
    await asyncio.sleep(0)
    assert wire.sent == [b"the last word"]


async def test_nothing_is_sent_to_who_has_gone() -> None:
    wire = Wire()
    transport = gathered(wire)
    transport.write(b"too late")
    wire.closed = True
    await asyncio.sleep(0)
    assert wire.sent == []


async def test_all_else_is_the_transport_s() -> None:
    assert gathered(Wire()).get_extra_info("peername") == "peername"
