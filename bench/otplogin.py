"""otpLogin beside its floor: eight clients, right OTPs for distinct sessions, every answer durable."""

import asyncio
import json
import tempfile
import time
from pathlib import Path

from tests.postgresql_cluster import Cluster, binaries

from bench.pairs import HEADER, Pairs, arguments
from bench.service.child import Child
from bench.service.clients import request, seconds
from bench.service.filled import add_accounts, add_logins, begin
from sparekey.server.http.dispatch import spelled
from sparekey.server.keys.master_key import MasterKeys
from sparekey.server.store import open_store


async def pairs(
    data: Path, database: str | None, rounds: int, calls: int, floor_path: str = "/commit"
) -> Pairs:
    """Calls a second of both, in turn."""
    store = open_store(data, database)
    await store.start()
    keys = MasterKeys(data / "master.key")
    server, key = await begin(store, keys, int(time.time()))
    accounts = await add_accounts(store, keys, server, 1000, int(time.time()))
    more = ["--database", database] if database else []
    serve = ["sparekey", "server", "run", "--listen", "127.0.0.1:0", "--data", str(data), *more]
    thing: list[float] = []
    floor: list[float] = []
    path = f"/servers/{spelled(server.serverid)}/sessions/otplogin"
    apart = data / "floor"
    apart.mkdir()
    bare = ["bench.service.floor", str(apart), *more[1:]]
    log = data / "log"
    with Child(*serve, "--log-level", "warning", log=log) as service, Child(*bare, log=log) as commit:
        for turn in range(rounds + 1):
            logins = await add_logins(store, server, accounts, calls, int(time.time()))
            bodies = [json.dumps({"otp": login.otp}).encode() for login in logins]
            ours = [
                request(path, body, X_apikey=key, X_nonce=login.nonce)
                for login, body in zip(logins, bodies, strict=True)
            ]
            theirs = [request(floor_path, body) for body in bodies]
            spent, _ = await seconds(service.url, ours)
            spent_bare, _ = await seconds(commit.url, theirs)
            if turn:  # the first warms both up
                thing.append(calls / spent)
                floor.append(calls / spent_bare)
    await store.stop()
    return Pairs(thing, floor)


def main() -> None:
    """Prints the table."""
    quick = arguments(__doc__).quick
    rounds, calls = (3, 800) if quick else (9, 4000)
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(pairs(Path(folder), None, rounds, calls))
    print(found.row("otplogin ÷ one commit, grouped, SQLite", "/s"))
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(pairs(Path(folder), None, rounds, calls, "/each"))
    print(found.row("otplogin ÷ one commit each, ungrouped, SQLite", "/s"))
    if binaries() is None:
        print("PostgreSQL is not installed: its half is left out")
        return
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(pairs(Path(folder), cluster.database(), rounds, calls))
        print(found.row("otplogin ÷ one commit, PostgreSQL", "/s"))
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
