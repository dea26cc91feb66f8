"""SQLite's write-ahead log stays small for as long as writes go on."""

import asyncio
from pathlib import Path

import pytest

from sparekey.server.store import FILE, Transaction, open_store, sqlite, sqlite_log

pytestmark = pytest.mark.anyio
_LONG = "x" * 4000  # a page each
_TIMES = 4


async def test_the_log_begins_anew_while_writes_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_CHECKPOINT_PAGES", 40)
    store = open_store(tmp_path)
    await store.start()
    log = tmp_path / (FILE + "-wal")
    rounds = {_round(log)}

    def job(transaction: Transaction) -> None:
        transaction.run("CREATE TABLE IF NOT EXISTS long (text text NOT NULL)")
        transaction.run("INSERT INTO long (text) VALUES (?)", _LONG)

    async with asyncio.timeout(60):
        while len(rounds) <= _TIMES:
            await store.write(job)
            rounds.add(_round(log))
    # those of the write that began it anew, and none of the file's older ones
    assert 0 < sqlite_log.pages(log) < 10 < 40 < log.stat().st_size // 4120
    await store.stop()


def _round(log: Path) -> bytes:
    """The number of times that the log began anew (the header's checkpoint sequence number)."""
    with log.open("rb") as file:
        return file.read(16)[12:]
