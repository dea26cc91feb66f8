"""The floor: the same framework, the same listener, one durable commit a call and nothing else.

``/commit`` shares commits among concurrent calls, as the service does; ``/each`` makes one for each call.

``python -m bench.service.floor DATA [DATABASE]`` says ``listening on …`` and serves until it is ended.
"""

import asyncio
import sys
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sparekey.server.http.listener import Listener
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

    listener = Listener(("127.0.0.1", 0))
    routes = [
        Route("/commit", one_commit, methods=["POST"]),
        Route("/each", one_commit_each, methods=["POST"]),
    ]
    await listener.open(Starlette(routes=routes))
    print(f"listening on {listener.url}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with event_loop() as runner:
        runner.run(main())
