"""Rotation, backup and restore, and what is cleared by itself."""

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from sparekey.server import sweep
from sparekey.server.application import api
from sparekey.server.demo import demo_site
from sparekey.server.errors import StoreUnavailable
from sparekey.server.keys import rotation
from sparekey.server.keys.master_key import KeyFault, MasterKeys
from sparekey.server.store import Store, Transaction, open_store
from sparekey.server.store.backup import NotABackup, backup, restore
from sparekey.server.store.schema import STEPS
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio
COLUMNS_OF_USERS = ["server", "userid", "created"]


async def test_rotation_reseals_everything_and_logins_go_on(harness: Harness) -> None:
    accounts = [await harness.enrol(f"user{n}") for n in range(3)]
    await harness.service.store.write(
        lambda t: t.run("DELETE FROM accounts WHERE ref = ?", accounts[2].reference)
    )
    keys = harness.service.keys
    assert await rotation.rotate(harness.service.store, keys) == 3  # the server's own, and two accounts'
    assert keys.current == 2
    assert "1:" not in keys._path.read_text().splitlines()[0][:2]
    nonce = fresh_nonce()
    assert (
        await harness.type(nonce, accounts[0].otp(await harness.qr(nonce), harness.unix))
    ).status_code == 200
    await harness.enrol("later")
    assert await rotation.reseal(harness.service.store, keys) == 0
    assert await rotation.left(harness.service.store, keys) == 0


async def test_one_rotation_at_a_time(harness: Harness) -> None:
    account, store, keys = await harness.enrol("ada"), harness.service.store, harness.service.keys
    refused = []

    class Watched:
        """The store, in whose writes another rotation is begun."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def write(self, job: Any) -> Any:
            with pytest.raises(KeyFault, match="being changed by another"):
                await rotation.rotate(store, MasterKeys(keys._path))
            refused.append(job)
            return await store.write(job)

    await rotation.rotate(cast("Store", Watched()), keys)
    assert refused
    assert keys.current == 2
    nonce = fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    assert (await harness.type(nonce, otp)).status_code == 200


@pytest.mark.postgresql
async def test_a_rotation_waits_for_what_was_sealed_before_it(empty_postgresql: str, tmp_path: Path) -> None:
    """An account whose row another worker has written and not committed is resealed, not lost."""
    store = open_store(tmp_path, empty_postgresql)
    await store.start()
    harness = Harness(store, tmp_path)
    await harness.begin()
    account, keys = await harness.enrol("ada"), harness.service.keys
    with psycopg.connect(empty_postgresql) as late, psycopg.connect(empty_postgresql) as look:
        look.autocommit = True
        row = late.execute("DELETE FROM accounts RETURNING *").fetchone()
        assert row is not None
        late.commit()
        late.execute(f"INSERT INTO accounts VALUES ({', '.join(['%s'] * len(row))})", row)
        rotating = asyncio.create_task(rotation.rotate(store, keys))
        while not look.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            assert not rotating.done()
            await asyncio.sleep(0.01)
        late.commit()
        await rotating
    nonce = fresh_nonce()
    otp = account.otp(await harness.qr(nonce), harness.unix)
    assert (await harness.type(nonce, otp)).status_code == 200
    await harness.end()
    await store.stop()


async def test_a_ruined_key_is_one_account_s_fault(harness: Harness) -> None:
    """Tries share a batch; the others in it log in."""
    names = ("ruined", "well", "good")
    accounts = [await harness.enrol(name) for name in names]
    nonces = [fresh_nonce() for _ in names]
    otps = [a.otp(await harness.qr(n), harness.unix) for a, n in zip(accounts, nonces, strict=True)]
    await harness.service.store.write(
        lambda t: t.run(
            "UPDATE accounts SET sealed_key = ? WHERE ref = ?", b"\x01" + bytes(60), accounts[0].reference
        )
    )
    replies = await asyncio.gather(*map(harness.type, nonces, otps))
    assert [reply.status_code for reply in replies] == [500, 200, 200]
    reasons = await harness.service.store.read(lambda t: t.all("SELECT reason FROM audit WHERE reason <> ''"))
    assert reasons == [("key_fault",)]


async def test_a_backup_that_was_cut_is_refused_wherever(harness: Harness, tmp_path: Path) -> None:
    await harness.enrol("ada")
    file, part = tmp_path / "backup.jsonl", tmp_path / "part.jsonl"
    rows = await backup(harness.service.store, file)
    lines = file.read_text().splitlines(keepends=True)
    for cut in range(len(lines)):
        part.write_text("".join(lines[:cut]))
        with pytest.raises(NotABackup):
            await restore(harness.service.store, part)
    part.write_text("".join(lines * 2))
    with pytest.raises(NotABackup):
        await restore(harness.service.store, part)
    assert await restore(harness.service.store, file) == rows


@pytest.mark.parametrize(
    "line",
    [
        '{"table": "users"}',
        '{"table": ["users"], "columns": 1}',
        '{"x": 1}',
        '[{"a": 1}, "b", 1]',
        '[{"hex": "zz"}, "b", 1]',
        '[{"hex": 5}, "b", 1]',
        "[1]",
        '[[1], "b", 1]',
        '[99999999999999999999, "b", 1]',
        '[1, "b", true]',
        '[99, "of no server", 1]',
        "[99, null, 1]",
        '"x"',
    ],
)
async def test_a_backup_that_was_altered_is_refused_in_words(
    harness: Harness, tmp_path: Path, line: str
) -> None:
    file = tmp_path / "backup.jsonl"
    head = [{"sparekey-backup": 1, "step": len(STEPS)}, {"table": "users", "columns": COLUMNS_OF_USERS}]
    file.write_text("\n".join([*map(json.dumps, head), line]) + "\n")
    with pytest.raises(NotABackup):
        await restore(harness.service.store, file)


async def test_a_backup_s_file_is_its_owner_s_alone_whatever_was_there(
    harness: Harness, tmp_path: Path
) -> None:
    file, other = tmp_path / "backup.jsonl", tmp_path / "other"
    for planted in ("file", "link"):
        other.write_text("other")
        if planted == "file":
            (tmp_path / "backup.jsonl.new").write_text("")
        else:
            (tmp_path / "backup.jsonl.new").symlink_to(other)
        await backup(harness.service.store, file)
        assert (file.stat().st_mode & 0o777, file.is_symlink()) == (0o600, False)
        assert other.read_text() == "other"


@pytest.mark.postgresql
async def test_a_restore_waits_for_what_is_being_written(empty_postgresql: str, tmp_path: Path) -> None:
    store = open_store(tmp_path, empty_postgresql)
    await store.start()
    harness = Harness(store, tmp_path)
    await harness.begin()
    file = tmp_path / "backup.jsonl"
    rows = await backup(store, file)
    with psycopg.connect(empty_postgresql) as busy, psycopg.connect(empty_postgresql) as look:
        look.autocommit = True
        busy.execute("INSERT INTO users SELECT id, 'ada', 0 FROM servers")
        restoring = asyncio.create_task(restore(store, file))
        while not look.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            assert not restoring.done()
            await asyncio.sleep(0.01)
        busy.commit()
        assert await restoring == rows
    assert await store.read(lambda t: t.one("SELECT count(*) FROM users")) == (0,)
    await harness.end()
    await store.stop()


async def test_a_key_moved_to_another_account_is_a_fault(harness: Harness) -> None:
    one, other = await harness.enrol("one"), await harness.enrol("other")
    await harness.service.store.write(
        lambda t: t.run(
            "UPDATE accounts SET sealed_key = (SELECT b.sealed_key FROM accounts b WHERE b.ref = ?)"
            " WHERE ref = ?",
            one.reference,
            other.reference,
        )
    )
    nonce = fresh_nonce()
    reply = await harness.type(nonce, other.otp(await harness.qr(nonce), harness.unix))
    assert code(reply) == (500, "fault")
    with pytest.raises(KeyFault):
        await rotation.rotate(harness.service.store, harness.service.keys)


async def test_a_backup_brings_all_back_and_no_otp_twice(harness: Harness, tmp_path: Path) -> None:
    account, nonce, later = await harness.enrol("ada"), fresh_nonce(), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    otp = account.otp(await harness.qr(later), harness.unix)
    before = await harness.status(nonce)
    file = tmp_path / "backup.jsonl"
    rows = await backup(harness.service.store, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert account.key.hex() not in file.read_text()
    await harness.type(later, otp)
    await harness.call("DELETE", f"accounts/{account.reference}/")
    assert (await harness.status(nonce))["loggedin"] is False
    assert await restore(harness.service.store, file) == rows
    after = await harness.status(nonce)
    assert {**after, "loginqrdata": 0} == {**before, "loginqrdata": 0}
    assert code(await harness.type(later, otp)) == (403, "otp_refused")
    fresh = fresh_nonce()
    assert (await harness.type(fresh, account.otp(await harness.qr(fresh), harness.unix))).status_code == 200
    await harness.make_server("After")  # numbers go on after those restored


async def test_a_backup_from_before_a_step_is_read(harness: Harness, tmp_path: Path) -> None:
    account, nonce = await harness.enrol("ada"), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    before = await harness.status(nonce)
    file = tmp_path / "backup.jsonl"
    rows = await backup(harness.service.store, file)
    old, cut = [], None
    for line in map(json.loads, file.read_text().splitlines()):
        if "step" in line:
            line["step"] = 2
        if "table" in line:  # what step 3 added to sessions are its last columns
            cut = -5 if line["table"] == "sessions" else None
            line["columns"] = line["columns"][:cut]
            assert not any(name.startswith("previous_") for name in line["columns"])
        old.append(line[:cut] if isinstance(line, list) else line)
    written = "\n".join(map(json.dumps, old))
    file.write_text(written.replace('"step": 2', f'"step": {len(STEPS)}'))
    with pytest.raises(NotABackup, match="other columns in sessions"):
        await restore(harness.service.store, file)
    file.write_text(written)
    assert await restore(harness.service.store, file) == rows
    assert {**await harness.status(nonce), "loginqrdata": 0} == {**before, "loginqrdata": 0}
    await harness.type(nonce, "000000 000000")
    assert await harness.qr(fresh_nonce())


@pytest.mark.parametrize("spoil", ["", "{}", '{"sparekey-backup": 1, "step": 99}', "[1"])
async def test_what_is_no_backup_changes_nothing(harness: Harness, tmp_path: Path, spoil: str) -> None:
    file = tmp_path / "no-backup"
    file.write_text(spoil)
    with pytest.raises(NotABackup):
        await restore(harness.service.store, file)
    head = json.dumps({"sparekey-backup": 1, "step": len(STEPS)})
    file.write_text(head + '\n{"table": "secrets", "columns": []}\n')
    with pytest.raises(NotABackup, match="unknown table"):
        await restore(harness.service.store, file)
    assert (await harness.call("GET", "")).json()["serverName"] == "Test"


@pytest.mark.parametrize("kept", [b"", b"caf\xe9", b"\xff" * 99])
async def test_a_ruined_file_of_the_demo_s_key_is_written_anew(
    harness: Harness, tmp_path: Path, kept: bytes
) -> None:
    file = tmp_path / "demo-apikey"
    file.write_bytes(kept)
    _, client = await demo_site(harness.service, api(harness.service), file)
    await client.aclose()
    harness.http.headers["X-apikey"] = file.read_text().strip()
    assert (await harness.http.get("/servers/")).status_code == 403  # known, and not for this


async def test_the_sweep_clears_what_is_over_a_bite_at_a_time(harness: Harness) -> None:
    for _ in range(3):
        await harness.status(fresh_nonce())
    account, nonce = await harness.enrol(), fresh_nonce()
    await harness.type(nonce, account.otp(await harness.qr(nonce), harness.unix))
    await harness.type(fresh_nonce(), "000001 000000")
    waiting = fresh_nonce()
    shown = await harness.call("GET", "sessions/qr/enrol", waiting, params={"userid": "late"})
    await SimulatedAccount().enrol(harness.http, shown.text)
    store = harness.service.store
    assert await sweep.bite(harness.service) == 0
    harness.now += 7200
    assert await sweep.bite(harness.service) == 3
    rows = await store.read(lambda t: t.all("SELECT active FROM accounts"))
    assert rows == [(1,)]  # the one that nobody confirmed is gone with its enrolment
    assert (await harness.status(nonce))["loggedin"] is True
    assert await store.read(lambda t: t.one("SELECT count(*) FROM throttles")) == (1,)
    harness.now += 31 * 86400
    await sweep.bite(harness.service)
    for table in ("sessions", "throttles", "enrolments"):
        assert await store.read(lambda t, table=table: t.one(f"SELECT count(*) FROM {table}")) == (0,)
    harness.now += 400 * 86400
    await sweep.bite(harness.service)
    assert await store.read(lambda t: t.one("SELECT count(*) FROM audit")) == (0,)


async def test_a_fault_in_a_bite_doesn_t_end_the_sweep(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, bites = asyncio.Event(), []

    async def bite(service: object) -> int:
        bites.append(service)
        if len(bites) == 1:
            raise RuntimeError("ruined")
        again.set()
        return 0

    monkeypatch.setattr(sweep, "bite", bite)
    monkeypatch.setattr(sweep, "_EVERY", 0)
    sweeping = asyncio.create_task(sweep.sweep(harness.service))
    await again.wait()
    sweeping.cancel()


@pytest.mark.postgresql
async def test_a_database_that_only_reads_is_away(empty_postgresql: str, tmp_path: Path) -> None:
    """As a standby is, until it is the one that is written to."""
    store = open_store(tmp_path, empty_postgresql)
    await store.start()

    def job(transaction: Transaction) -> None:
        transaction.run("SET TRANSACTION READ ONLY")
        transaction.run("DELETE FROM audit")

    with pytest.raises(StoreUnavailable, match="ReadOnly"):
        await store.write(job)
    await store.stop()
