"""A start that fails leaves nothing open; starts at the same time make one of each key."""

import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from sparekey.server import running
from sparekey.server.http.listener import AddressRefused
from sparekey.server.keys.file_lock import Held, held
from sparekey.server.keys.master_key import KeyFault
from sparekey.server.running import Settings, run

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("error::ResourceWarning")]
ANY = ("127.0.0.1", 0)


def _said(line: str) -> None:
    raise AssertionError(line)


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The sockets that are bound from now on."""
    made: list[socket.socket] = []

    class Kept(running.Listener):
        def __init__(self, address: tuple[str, int], reuse_port: bool = False) -> None:
            super().__init__(address, reuse_port)
            assert self._socket is not None
            made.append(self._socket)

    monkeypatch.setattr(running, "Listener", Kept)
    return made


async def test_an_address_that_is_taken_closes_those_before_it(
    tmp_path: Path, bound: list[socket.socket]
) -> None:
    with socket.socket() as taken:
        taken.bind(ANY)
        taken.listen()
        with pytest.raises(AddressRefused):
            await run(Settings(ANY, tmp_path, app_listen=taken.getsockname()), _said)
    assert [one.fileno() for one in bound] == [-1]


async def test_a_store_that_can_t_be_opened_closes_all_addresses(
    tmp_path: Path, bound: list[socket.socket]
) -> None:
    (tmp_path / "sparekey.db").write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        await run(Settings(ANY, tmp_path, app_listen=ANY, control=ANY), _said)
    assert [one.fileno() for one in bound] == [-1] * 3


async def test_a_master_key_that_can_t_be_read_closes_all_addresses(
    tmp_path: Path, bound: list[socket.socket]
) -> None:
    (tmp_path / "master.key").write_text("none")
    (tmp_path / "master.key").chmod(0o600)
    with pytest.raises(KeyFault):
        await run(Settings(ANY, tmp_path, app_listen=ANY), _said)
    assert [one.fileno() for one in bound] == [-1] * 2


async def test_keys_are_made_while_no_other_worker_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(path: Path) -> None:
        with pytest.raises(Held), held(tmp_path / "start.lock", wait=False):
            pass
        raise KeyFault("seen")

    monkeypatch.setattr(running, "MasterKeys", looked_at)
    with pytest.raises(KeyFault, match="seen"):
        await run(Settings(ANY, tmp_path), _said)
    with held(tmp_path / "start.lock", wait=False):
        pass


async def test_an_address_that_another_takes_during_the_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two may bind one address as long as neither listens: two servers that start together do."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(ANY)
        real = running.demo_site

        async def meanwhile(*given: Any) -> Any:
            other.listen()
            return await real(*given)

        monkeypatch.setattr(running, "demo_site", meanwhile)
        with pytest.raises(AddressRefused) as refused:
            await run(Settings(other.getsockname(), tmp_path, demo=True), _said)
        assert refused.value.address == other.getsockname()
