"""A listener with all its connections taken says when to come back; who sends too much is answered."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from sparekey.server.http import bounded_http, lingering_close
from sparekey.server.http import listener as listener_module
from sparekey.server.http.listener import Listener

pytestmark = pytest.mark.anyio
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    """Once the body is there."""
    await Request(scope, receive).body()
    await PlainTextResponse("well")(scope, receive, send)


@pytest.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    monkeypatch.setattr(bounded_http, "CONNECTIONS", 3)
    monkeypatch.setattr(listener_module, "_GRACE", 10_000)
    made = Listener(("127.0.0.1", 0))
    await made.open(answers)
    yield made
    await made.close(at_once=True)


async def ask(connection: Connection, request: bytes = GET) -> tuple[bytes, bytes]:
    """The answer's head and body."""
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head.lower(), await reader.readexactly(int(length.split(b":")[1]))


async def test_a_request_refused_for_its_headers_is_answered_before_its_body_is_there(
    listener: Listener,
) -> None:
    reader, writer = await asyncio.open_connection(*listener.address)
    many = b"POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 4000000\r\n" + b"A: b\r\n" * 80 + b"\r\n"
    writer.write(many + bytes(4_000_000))
    await writer.drain()
    assert (await reader.read()).startswith(b"HTTP/1.1 431")  # and the end of the answers
    writer.close()
    await writer.wait_closed()  # raises where the server has cut the connection


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"GET / HTTP/1.1\r\nX-long: " + b"y" * 20_000, b"HTTP/1.1 431"),
        (b"POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 50\r\n\r\nz", b"HTTP/1.1 408"),
    ],
)
async def test_a_stop_does_not_wait_for_the_rest_of_what_was_refused(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, sent: bytes, answered: bytes
) -> None:
    monkeypatch.setattr(lingering_close, "_SECONDS", 10_000.0)
    monkeypatch.setattr(bounded_http, "_REQUEST_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection(*listener.address)
    writer.write(sent)
    assert (await reader.read()).startswith(answered)
    async with asyncio.timeout(30):  # it would be ten thousand
        await listener.close()
    writer.close()


async def test_a_peer_that_never_ends_is_cut_off(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering_close, "_BYTES", 100_000)
    _, writer = await asyncio.open_connection(*listener.address)
    with pytest.raises(ConnectionError):
        while True:
            writer.write(b"X-flood: y\r\n" * 1000)
            await writer.drain()
    writer.close()


async def test_a_web_socket_too_many_is_told_to_come_back(listener: Listener) -> None:
    taken = [await asyncio.open_connection(*listener.address) for _ in range(2)]
    for connection in taken:
        await ask(connection)
    late = await asyncio.open_connection(*listener.address)
    head, body = await ask(late, UPGRADE)
    assert head.startswith(b"http/1.1 503")
    assert b'"code":"busy"' in body
    for _, writer in (*taken, late):
        writer.close()


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
