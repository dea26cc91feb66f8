"""The floor: the same framework as it comes, the same event loop, one durable commit a call, nothing else.

The framework is uvicorn and Starlette, without what the service's own listener and dispatch add to or
take off them. The commit is the service's own store's.

``/commit`` shares commits among concurrent calls, as the service does; ``/each`` makes one for each call.

``python -m bench.service.floor DATA [DATABASE]`` says ``listening on …`` and serves until it is ended.
"""

import asyncio
import socket
import sys
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sparekey.server.running import _SWITCH, event_loop
from sparekey.server.store import open_store


async def main() -> None:
    """Serves."""
    sys.setswitchinterval(_SWITCH)
    store = open_store(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
    await store.start()
    await store.write(
        lambda t: t.run("CREATE TABLE IF NOT EXISTS floor (at bigint NOT NULL, text text NOT NULL)")
    )

    async def one_commit(request: Request) -> Response:
        sent = msgspec.json.decode(await request.body())
        await store.write(lambda t: t.run("INSERT INTO floor (at, text) VALUES (?, ?)", 1, sent["otp"]))
        return Response(msgspec.json.encode({"loggedin": True}), media_type="application/json")

    alone = asyncio.Lock()

    async def one_commit_each(request: Request) -> Response:
        async with alone:  # nobody else's job is in the group then
            return await one_commit(request)

    routes = [
        Route("/commit", one_commit, methods=["POST"]),
        Route("/each", one_commit_each, methods=["POST"]),
    ]
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"listening on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        Starlette(routes=routes),
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
    )
    await uvicorn.Server(config).serve(sockets=[listening])
    await store.stop()


if __name__ == "__main__":
    with event_loop() as runner:
        runner.run(main())
