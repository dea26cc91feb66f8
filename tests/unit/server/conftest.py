"""A whole service without a socket, on either store, with a clock that a test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sparekey.server.store import open_store
from tests.server_stores import BOTH, cluster, empty_postgresql, one_database

from .harness import Harness

__all__ = ["cluster", "empty_postgresql", "one_database"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str | None:
    """The URL of an empty database; None for SQLite."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("empty_postgresql")
    return url


@pytest.fixture
async def harness(database: str | None, tmp_path: Path) -> AsyncIterator[Harness]:
    """A service with one server."""
    store = open_store(tmp_path, database)
    await store.start()
    made = Harness(store, tmp_path)
    await made.begin()
    yield made
    await made.end()
    await store.stop()
