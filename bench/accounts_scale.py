"""otpLogin with many rows: a million accounts and a million old sessions beside a thousand of each.

Also how long clients wait at most while the old sessions are cleared in the background.
"""

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.pairs import HEADER, Pairs, arguments
from bench.service.child import Child
from bench.service.clients import request, seconds
from bench.service.filled import add_accounts, add_logins, add_old_sessions, begin
from sparekey.server.accounts.servers import ServerRow
from sparekey.server.http.dispatch import spelled
from sparekey.server.keys.master_key import MasterKeys
from sparekey.server.store import Store, open_store


@dataclass
class Filled:
    """A store with so many rows, and its service."""

    store: Store
    server: ServerRow
    key: str
    accounts: list[tuple[int, bytes]]

    @classmethod
    async def made(cls, data: Path, count: int) -> "Filled":
        """That many accounts and old sessions."""
        store = open_store(data)
        await store.start()
        keys, now = MasterKeys(data / "master.key"), int(time.time())
        server, key = await begin(store, keys, now)
        accounts = await add_accounts(store, keys, server, count, now)
        await add_old_sessions(store, server, count, now)
        return cls(store, server, key, accounts)

    async def requests(self, calls: int) -> list[bytes]:
        """Right OTPs for fresh sessions."""
        logins = await add_logins(self.store, self.server, self.accounts, calls, int(time.time()))
        path = f"/servers/{spelled(self.server.serverid)}/sessions/otplogin"
        return [
            request(path, json.dumps({"otp": login.otp}).encode(), X_apikey=self.key, X_nonce=login.nonce)
            for login in logins
        ]


def served(data: Path) -> Child:
    """The service on a folder."""
    run = ["sparekey", "server", "run", "--listen", "127.0.0.1:0", "--data", str(data)]
    return Child(*run, "--log-level", "warning", log=data / "log")


async def compare(folder: Path, many: int, rounds: int, calls: int) -> None:
    """Prints the table."""
    small_data, large_data = folder / "small", folder / "large"
    small_data.mkdir()
    large_data.mkdir()
    small, large = await Filled.made(small_data, 1000), await Filled.made(large_data, many)
    spent_small: list[float] = []
    spent_large: list[float] = []
    with served(small_data) as few, served(large_data) as lots:
        for turn in range(rounds + 1):
            one, _ = await seconds(few.url, await small.requests(calls))
            other, _ = await seconds(lots.url, await large.requests(calls))
            if turn:  # the first warms both up
                spent_small.append(one / calls * 1e6)
                spent_large.append(other / calls * 1e6)
        print(Pairs(spent_large, spent_small).row(f"otplogin: {many:,} rows ÷ 1,000 rows, time", "µs"))
        _, calm = await seconds(lots.url, await large.requests(calls))
    old = int(time.time()) - 1
    await large.store.write(lambda t: t.run("UPDATE sessions SET ends = ? WHERE account = 7", old))
    await large.store.stop()  # with nobody else there, this empties the log of that change, too
    large.store = open_store(large_data)
    await large.store.start()
    with served(large_data) as lots:
        _, swept = await seconds(lots.url, await large.requests(calls))
        left = await large.store.read(lambda t: t.one("SELECT count(*) FROM sessions WHERE account = 7"))
        assert left is not None
        assert 0 < left[0] < many, "the sweep wasn't under way"
    for name, latencies in (("nothing to clear", calm), ("old sessions being cleared", swept)):
        latencies.sort()
        places = (len(latencies) // 2, -len(latencies) // 100, -1)
        median, late, most = (latencies[place] * 1e3 for place in places)
        print(f"latency, {name:<34} median {median:.1f} ms, 99 % {late:.1f} ms, most {most:.1f} ms")
    for filled in (small, large):
        await filled.store.stop()


def main() -> None:
    """Fills both stores, then measures in turn."""
    quick = arguments(__doc__).quick
    many, rounds, calls = (100_000, 5, 500) if quick else (1_000_000, 25, 1000)
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder), many, rounds, calls))


if __name__ == "__main__":
    main()
