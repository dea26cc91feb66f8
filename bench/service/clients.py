"""Clients that cost little: connections kept open, requests made before, answers read by their length."""

import asyncio
import time

CLIENTS = 8


def request(path: str, body: bytes, **headers: str) -> bytes:
    """A POST, ready to be sent."""
    lines = [f"POST {path} HTTP/1.1", "host: bench", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "content-type: application/json", "", ""]).encode() + body


async def seconds(url: str, requests: list[bytes], clients: int = CLIENTS) -> tuple[float, list[float]]:
    """How long all took, from that many connections at once, and each one's latency.

    Raises ``AssertionError`` for any answer but 200.
    """
    host, port = url.removeprefix("http://").split(":")
    latencies: list[float] = []

    async def one(mine: list[bytes], connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        reader, writer = connection
        for message in mine:
            began = time.perf_counter()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - began)
            if b"\r\nconnection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection(host, int(port))
        writer.close()

    connections = [await asyncio.open_connection(host, int(port)) for _ in range(clients)]
    start = time.perf_counter()
    await asyncio.gather(*[one(requests[n::clients], connections[n]) for n in range(clients)])
    return time.perf_counter() - start, latencies
