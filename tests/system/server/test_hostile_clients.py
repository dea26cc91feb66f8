"""Slow clients, half-open connections, large bodies, floods of headers: bounded memory, and an answer."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from .running_server import RunningServer

pytestmark = pytest.mark.anyio

Sent = Callable[[asyncio.StreamWriter], object]


async def talk(server: RunningServer, *pieces: bytes, times: int = 1) -> bytes:
    """What the server answers to raw bytes before it hangs up."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for _ in range(times):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    answer = await asyncio.wait_for(reader.read(4096), 40)
    writer.close()
    return answer


def memory(server: RunningServer) -> int:
    """Bytes that the process has resident."""
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError


def post(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


async def test_hostile_clients_get_4xx_and_no_memory(run_server: Callable[..., RunningServer]) -> None:
    server = run_server()
    async with server.client() as http:
        assert (await http.get("/healthz")).status_code == 200
        before = memory(server)
        large = "content-length: 10000000"
        replies = await asyncio.gather(
            *[talk(server, b"GET / HTTP/1.1\r\nHost: x\r\nX-slow: ") for _ in range(100)],
            *[talk(server) for _ in range(100)],
            *[talk(server, post("/app/time", "content-length: 50") + b"{") for _ in range(20)],
            *[talk(server, post("/app/time", large), bytes(1_000_000), times=10) for _ in range(10)],
            talk(
                server,
                post("/app/time", "transfer-encoding: chunked"),
                b"f000\r\n" + b"x" * 0xF000 + b"\r\n",
                times=1,
            ),
            talk(
                server,
                post("/app/time", "transfer-encoding: chunked"),
                *[b"f000\r\n" + b"x" * 0xF000 + b"\r\n"] * 90,
            ),
            *[talk(server, b"GET / HTTP/1.1\r\n", b"X-flood: y\r\n" * 1000, times=200) for _ in range(10)],
            *[talk(server, b"GET / HTTP/1.1\r\nX-long: ", b"y" * 100_000, times=100) for _ in range(10)],
            talk(server, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 80 + b"\r\n"),
            talk(server, b"\x16\x03\x01\x00 not HTTP at all\r\n\r\n"),
            talk(server, b"GET /\xff\xfe?\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        )
        slow, silent, cut, big = replies[:100], replies[100:200], replies[200:220], replies[220:230]
        assert all(answer.startswith(b"HTTP/1.1 408") for answer in (*slow, *silent, *cut))
        assert all(answer.startswith(b"HTTP/1.1 413") for answer in big)
        assert replies[230].startswith(b"HTTP/1.1 408")
        assert replies[231].startswith(b"HTTP/1.1 413")
        assert all(answer.startswith(b"HTTP/1.1 431") for answer in replies[232:252])
        assert replies[252].startswith(b"HTTP/1.1 431")
        assert replies[253].startswith(b"HTTP/1.1 400")
        assert replies[254].startswith(b"HTTP/1.1 40")
        assert (await http.get("/healthz")).status_code == 200
        assert memory(server) - before < 64 * 1024 * 1024
        assert '"fault"' not in server.log()
