"""Killed in the middle of load, and with the database gone for a while."""

import asyncio
import os
import random
import time
from collections.abc import Callable

import pytest

from tests.postgresql_cluster import Cluster
from tests.server_stores import need_postgresql
from tests.web_application import WebApplication

from .load import CLIENTS, Record, check, keep_busy
from .running_server import RunningServer

pytestmark = pytest.mark.anyio
_KILLS = int(os.environ.get("SPAREKEY_KILLS", "5"))


async def test_kill_9_again_and_again(
    run_server: Callable[..., RunningServer], store_options: list[str]
) -> None:
    server = run_server(*store_options)
    async with server.client() as http:
        web = WebApplication(http, time.time)
        web.serverid = (await web.make_server("Load"))["serverid"]
        accounts = [await web.enrol(f"user{n}") for n in range(CLIENTS)]
        answered = 0
        for _ in range(_KILLS):
            record, until = Record(), asyncio.Event()
            load = asyncio.create_task(keep_busy(web, accounts, record, until))
            await _reached(lambda record=record: len(record.logins) > 1)  # type: ignore[misc]
            await asyncio.sleep(random.uniform(0, 0.4))
            server.kill()
            until.set()
            await load
            server.start()
            await check(web, accounts, record)
            answered += len(record.logins)
        print(f"{_KILLS} kills, {answered} answered logins kept")


@pytest.mark.postgresql
async def test_postgresql_stopped_and_started_under_load(run_server: Callable[..., RunningServer]) -> None:
    need_postgresql()
    cluster = Cluster()
    try:
        server = run_server("--database", cluster.database())
        async with server.client() as http:
            web = WebApplication(http, time.time)
            web.serverid = (await web.make_server("Load"))["serverid"]
            accounts = [await web.enrol(f"user{n}") for n in range(CLIENTS)]
            for mode in ("fast", "immediate"):
                record, until = Record(), asyncio.Event()
                load = asyncio.create_task(keep_busy(web, accounts, record, until))
                await _reached(lambda record=record: len(record.logins) > 10)  # type: ignore[misc]
                await asyncio.to_thread(cluster.stop, mode)
                await _reached(lambda record=record: len(record.unavailable) > 3)  # type: ignore[misc]
                before = len(record.logins)
                await asyncio.to_thread(cluster.start)
                await _reached(lambda record=record, before=before: len(record.logins) > before + 10)  # type: ignore[misc]
                until.set()
                await load
                assert all(int(reply.headers["retry-after"]) >= 1 for reply in record.unavailable)
                assert set(record.statuses) <= {200, 403, 503}
                await check(web, accounts, record)
    finally:
        cluster.remove()


async def _reached(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not done():
            await asyncio.sleep(0.02)
