"""PostgreSQL: several workers and machines on one database; each decision is a transaction there."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

import psycopg
from psycopg import sql as psycopg_sql
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from sparekey.server.errors import Conflict, StoreUnavailable

from .interface import Job, Row, Store, T
from .schema import migrate

_LOG = logging.getLogger("sparekey.server")
_CONNECTIONS = 8  # of one worker; as many threads wait on them
_PATIENCE = 5.0  # seconds for a connection
_STATEMENT_MS = 10_000
_RUNS = 8  # how often a job may meet others
_CHANNEL = "sparekey_live"
_MIGRATION_LOCK = 0x5A9E  # any number, the same for all workers
_WAITING = 1024  # jobs that wait at most


class PostgresqlTransaction:
    """A job's view of a connection."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection
        self.news: list[str] = []

    def one(self, sql: str, *values: object) -> Row | None:
        return self._connection.execute(_dialect(sql), values, prepare=True, binary=True).fetchone()

    def all(self, sql: str, *values: object) -> list[Row]:
        return self._connection.execute(_dialect(sql), values, prepare=True, binary=True).fetchall()

    def run(self, sql: str, *values: object) -> int:
        return self._connection.execute(_dialect(sql), values, prepare=bool(values)).rowcount

    def tell(self, news: str) -> None:
        self.news.append(news)


class PostgresqlStore(Store):
    """A pool of connections, a thread for each, and one connection that listens."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            url,
            min_size=2,
            max_size=_CONNECTIONS,
            timeout=_PATIENCE,
            max_waiting=_WAITING,
            open=False,
            check=None,
            reconnect_timeout=1.0,
            reconnect_failed=lambda pool: None,
            kwargs={"options": f"-c statement_timeout={_STATEMENT_MS} -c synchronous_commit=on"},
        )
        self._threads = ThreadPoolExecutor(_CONNECTIONS, "postgresql")
        self._under_way = 0
        self._stopped = threading.Event()
        self._listener: threading.Thread | None = None
        self._listening: psycopg.Connection[Row] | None = None
        self._to_tell: list[str] = []
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._open)
        except (psycopg.Error, PoolTimeout) as fault:
            raise StoreUnavailable("the database can't be reached") from fault
        self._listener = threading.Thread(
            target=self._listen, args=(loop,), name="postgresql-listen", daemon=True
        )
        self._listener.start()

    def _open(self) -> None:
        with psycopg.connect(self._url, connect_timeout=5) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            migrate(PostgresqlTransaction(connection), "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        self._pool.open(wait=True, timeout=_PATIENCE)

    async def stop(self) -> None:
        self._stopped.set()
        if self._telling is not None:
            await asyncio.wait({self._telling}, timeout=1)
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._pool.close)
        if self._listener is not None:
            await asyncio.to_thread(self._listener.join)

    async def write(self, job: Job[T]) -> T:
        result, news = await self._in_thread(partial(self._run, job))
        if news:
            self._to_tell += news
            if self._telling is None or self._telling.done():
                self._telling = asyncio.create_task(self._tell())
        return result

    async def read(self, job: Job[T]) -> T:
        result, _ = await self._in_thread(partial(self._run, job))
        return result

    async def _in_thread(self, call: Callable[[], tuple[T, list[str]]]) -> tuple[T, list[str]]:
        if self._under_way >= _WAITING or self._stopped.is_set():
            raise StoreUnavailable("too many jobs wait")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        finally:
            self._under_way -= 1

    def _run(self, job: Job[T]) -> tuple[T, list[str]]:
        for _ in range(_RUNS):
            try:
                with self._pool.connection() as connection:
                    transaction = PostgresqlTransaction(connection)
                    return job(transaction), transaction.news
            except (Conflict, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                continue
            except psycopg.errors.UniqueViolation:
                continue  # two made the same thing: this time the job sees the other's
            except (psycopg.OperationalError, PoolTimeout, TooManyRequests) as fault:
                raise StoreUnavailable(type(fault).__name__) from fault
        raise StoreUnavailable("the job met others too often")

    async def _tell(self) -> None:
        # apart from the transaction that it tells of: a NOTIFY inside would queue all commits behind one lock
        while self._to_tell:
            news, self._to_tell = self._to_tell, []
            with contextlib.suppress(StoreUnavailable):
                await self._in_thread(partial(self._notify, news))

    def _notify(self, news: list[str]) -> tuple[None, list[str]]:
        def job(transaction: Any) -> None:
            transaction.all(f"SELECT pg_notify('{_CHANNEL}', n) FROM unnest(CAST(? AS text[])) AS n", news)

        self._run(job)
        return None, []

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(psycopg_sql.SQL("LISTEN {}").format(psycopg_sql.Identifier(_CHANNEL)))
                    while not self._stopped.is_set():
                        for news in connection.notifies(timeout=0.25):
                            loop.call_soon_threadsafe(self._heard, news.payload)
            except (psycopg.Error, RuntimeError):
                self._stopped.wait(1.0)  # it will be back; pages poll meanwhile


@lru_cache(maxsize=512)
def _dialect(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()
