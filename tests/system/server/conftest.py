"""Servers in processes of their own, on either store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server_stores import BOTH, cluster, empty_postgresql, one_database

from .running_server import RunningServer

__all__ = ["cluster", "empty_postgresql", "one_database"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=BOTH)
def store_options(request: pytest.FixtureRequest) -> list[str]:
    """What makes a server use this store."""
    if request.param == "sqlite":
        return []
    return ["--database", request.getfixturevalue("empty_postgresql")]


@pytest.fixture
def run_server(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers; all are ended after the test."""
    running: list[RunningServer] = []

    def started(*options: str, data: str = "data") -> RunningServer:
        running.append(RunningServer(tmp_path / data, *options))
        return running[-1]

    yield started
    for server in running:
        server.close()
