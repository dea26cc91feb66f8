"""Health is whether a commit reaches the disk, asked for now and then."""

from pathlib import Path
from typing import Any

import pytest

from sparekey.server.errors import StoreUnavailable
from sparekey.server.monitoring.health import GOOD_FOR, Health

from .harness import Harness, code

pytestmark = pytest.mark.anyio


async def test_a_store_that_reads_and_does_not_keep_is_told_and_recovers(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, store, writes = 0.0, harness.service.store, []
    real = store.write
    full = True

    async def write(job: Any) -> Any:
        writes.append(job)
        if full:
            raise StoreUnavailable("database or disk is full")
        return await real(job)

    monkeypatch.setattr(store, "write", write)
    harness.service.health = Health(store, lambda: now)
    for _ in range(3):  # however often it is asked
        reply = await harness.http.get("/healthz")
        assert (code(reply), reply.headers["retry-after"]) == ((503, "busy"), "1")
    assert len(writes) == 1
    full, now = False, 1.0
    for _ in range(3):
        assert (await harness.http.get("/healthz")).json() == {"status": "ok"}
    assert len(writes) == 2
    full = True
    now += GOOD_FOR - 0.1
    assert (await harness.http.get("/healthz")).status_code == 200
    now += 0.1
    assert (await harness.http.get("/healthz")).status_code == 503


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_its_commit_is_one_that_reaches_the_disk(harness: Harness, tmp_path: Path) -> None:
    log = tmp_path / "sparekey.db-wal"
    before = log.stat().st_size
    assert (await harness.http.get("/healthz")).status_code == 200
    assert log.stat().st_size > before
