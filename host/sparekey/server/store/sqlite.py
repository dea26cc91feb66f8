"""SQLite: a write-ahead log, full synchronisation, and one writer that groups concurrent commits."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sparekey.server.errors import Conflict, StoreUnavailable

from .interface import Job, RowRefused, Store, T, Transaction
from .schema import migrate
from .sqlite_log import copy, pages
from .sqlite_transaction import SqliteTransaction

_GROUP = 64  # jobs that share a commit at most
_WAITING = 4096  # jobs that wait at most; beyond that, callers hear "busy" at once
_BUSY_MS = 5000  # for a writer in another process
_READERS = 4
_RUNS = 8  # how often a job may meet a Conflict
_CHECKPOINT_PAGES = 8000  # 32 MB of log: what is written again and again in it reaches the file once
_PASSES = 8  # over the log at most: each leaves what was written during it
_FEW = 64  # pages of it that a commit may have to wait for
_BACKSTOP_PAGES = 60_000
_STATEMENTS = 512  # kept prepared: the same text for one row or for two is two


class _Waiting:
    """A job in the queue, and who waits for it."""

    __slots__ = ("error", "future", "job", "news", "result", "runs")

    def __init__(self, job: Job[Any], future: "asyncio.Future[Any]") -> None:
        self.job = job
        self.future = future
        self.result: object = None
        self.error: BaseException | None = None
        self.news: list[str] = []
        self.runs = 0


class SqliteStore(Store):
    """A database file that one process writes to; other processes may too, one commit at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(_READERS, "sqlite-reader")
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._thread = threading.Thread(target=self._write_groups, name="sqlite-writer", daemon=True)
        self._stopped = threading.Event()
        self._copied = False  # the log, into the file
        self._checkpoints = threading.Thread(target=self._checkpoint, name="sqlite-checkpoint", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            self._writer = self._connect()
        except sqlite3.Error:
            self._close()
            raise
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            migrate(SqliteTransaction(self._writer), "INTEGER PRIMARY KEY AUTOINCREMENT")
            self._writer.execute("COMMIT")
        except (sqlite3.Error, ValueError) as fault:
            self._close()
            if isinstance(fault, ValueError):
                raise
            raise StoreUnavailable(f"the database can't be opened: {fault}") from fault
        self._thread.start()
        self._checkpoints.start()

    async def stop(self) -> None:
        self._stopped.set()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._checkpoints.join)
        self._readers.shutdown()
        self._close()

    def _close(self) -> None:
        for connection in self._open:
            connection.close()

    async def write(self, job: Job[T]) -> T:
        if self._queue.qsize() >= _WAITING or self._stopped.is_set():
            raise StoreUnavailable("too many writes wait")
        waiting = _Waiting(job, asyncio.get_running_loop().create_future())
        self._queue.put(waiting)
        result: T = await waiting.future
        return result

    async def read(self, job: Job[T], *, one_moment: bool = False) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, job)

    def exclude(self, transaction: Transaction, *tables: str) -> None:
        pass  # a transaction that writes is alone from its beginning

    def renumber(self, transaction: Transaction) -> None:
        pass  # SQLite does so by itself

    def _read(self, job: Job[T]) -> T:
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
            self._local.connection.execute("PRAGMA query_only = ON")
        connection: sqlite3.Connection = self._local.connection
        try:
            connection.execute("BEGIN")  # one snapshot for all that the job reads
            try:
                return job(SqliteTransaction(connection))
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.OperationalError as fault:
            raise StoreUnavailable(str(fault)) from fault

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
        self._open.append(connection)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cache_size = -65536",
            "temp_store = MEMORY",  # savepoints keep pages aside: not in a file
            # a thread of its own checkpoints, so that no commit has to wait for one
            f"wal_autocheckpoint = {_BACKSTOP_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _write_groups(self) -> None:
        while True:
            group = []
            first = self._queue.get()
            if first is None:
                return
            group.append(first)
            stop = False
            while len(group) < _GROUP:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stop = True
                    break
                group.append(following)
            self._commit(group)
            if self._copied:  # but for a few pages: with those, too, the log begins anew
                self._copied = False
                copy(self._writer)
            if stop:
                return

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for waiting in group:
                self._run(waiting, alone=len(group) == 1)
            if self._writer.in_transaction:
                self._writer.execute("COMMIT")
        except sqlite3.Error as fault:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            for waiting in group:
                waiting.error = StoreUnavailable(str(fault))
        assert self._loop is not None
        again = [waiting for waiting in group if isinstance(waiting.error, Conflict) and waiting.runs < _RUNS]
        for waiting in again:
            self._queue.put(waiting)
        done = [waiting for waiting in group if waiting not in again]
        _into(self._loop, lambda: self._answer(done))

    def _run(self, waiting: _Waiting, alone: bool) -> None:
        transaction = SqliteTransaction(self._writer)
        waiting.error = None
        waiting.runs += 1
        if not alone:  # a savepoint costs a copy of every page that is changed
            self._writer.execute("SAVEPOINT job")
        try:
            waiting.result = waiting.job(transaction)
            waiting.news = transaction.news
            if not alone:
                self._writer.execute("RELEASE job")
        except sqlite3.OperationalError:
            raise  # the disk's or the lock's fault: the whole group fails
        except Exception as fault:
            waiting.error = RowRefused(str(fault)) if isinstance(fault, sqlite3.IntegrityError) else fault
            if alone:
                self._writer.execute("ROLLBACK")
            else:
                self._writer.execute("ROLLBACK TO job")
                self._writer.execute("RELEASE job")

    def _answer(self, done: list[_Waiting]) -> None:
        for waiting in done:
            if waiting.error is None:
                for news in waiting.news:
                    self._heard(news)
            if waiting.future.done():
                continue  # whoever asked has gone
            if waiting.error is None:
                waiting.future.set_result(waiting.result)
            elif isinstance(waiting.error, Conflict):
                waiting.future.set_exception(StoreUnavailable("the job met others too often"))
            else:
                waiting.future.set_exception(waiting.error)

    def _checkpoint(self) -> None:
        log = self._path.with_name(self._path.name + "-wal")
        connection = self._connect()
        while not self._stopped.wait(0.2):
            copied, passes = 0, _PASSES if pages(log) > _CHECKPOINT_PAGES else 0
            for _ in range(passes):
                before, copied = copied, copy(connection)
                if copied - before < _FEW:
                    self._copied = copied > 0
                    break


def _into(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)
