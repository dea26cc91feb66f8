"""A listener with all its connections taken says so, and when to come back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.responses import PlainTextResponse

from sparekey.server.http import bounded_http
from sparekey.server.http.listener import Listener

pytestmark = pytest.mark.anyio
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    monkeypatch.setattr(bounded_http, "CONNECTIONS", 3)
    made = Listener(("127.0.0.1", 0))
    await made.open(PlainTextResponse("well"))
    yield made
    await made.close(at_once=True)


async def ask(connection: Connection) -> tuple[bytes, bytes]:
    """The answer's head and body."""
    reader, writer = connection
    writer.write(GET)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head.lower(), await reader.readexactly(int(length.split(b":")[1]))


async def test_one_connection_too_many_is_told_to_come_back(listener: Listener) -> None:
    taken = [await asyncio.open_connection(*listener.address) for _ in range(2)]
    for connection in taken:
        head, body = await ask(connection)
        assert head.startswith(b"http/1.1 200")
        assert body == b"well"
    late = await asyncio.open_connection(*listener.address)
    head, body = await ask(late)
    assert head.startswith(b"http/1.1 503")
    assert b"\r\nretry-after: 1\r\n" in head
    assert b"\r\nconnection: close\r\n" in head
    assert b'"code":"busy"' in body
    assert await late[0].read() == b""  # hung up, which makes room
    head, body = await ask(taken[0])
    assert head.startswith(b"http/1.1 200")
    again = await asyncio.open_connection(*listener.address)
    taken[1][1].close()
    await taken[1][1].wait_closed()
    while not (await ask(again))[0].startswith(b"http/1.1 200"):  # until the server has seen it go
        again[1].close()
        again = await asyncio.open_connection(*listener.address)
    for _, writer in (taken[0], again, late):
        writer.close()
