"""PostgreSQL: several workers and machines on one database; each decision is a transaction there."""

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial

import psycopg
from psycopg import sql as psycopg_sql
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from sparekey.server.errors import Conflict, StoreUnavailable

from .interface import Job, Row, RowRefused, Statement, Store, T, Transaction, flat
from .schema import migrate

_LOG = logging.getLogger("sparekey.server")
_CONNECTIONS = 8  # of one worker; as many threads wait on them
_PATIENCE = 5.0  # seconds for a connection
_STATEMENT_MS = 10_000
_RUNS = 8  # how often a job may meet others
_CHANNEL = "sparekey_live"
_GATHER = 0.01  # seconds for more news to come along
_NEWS = 128  # of them in one notification, which holds 8000 bytes at most
_MIGRATION_LOCK = 0x5A9E  # any number, the same for all workers
_WAITING = 1024  # jobs that wait at most
# one plan a statement, through its indexes: made while a table is small, it would else scan it for ever
_PLANS = (
    "-c synchronous_commit=on -c jit=off -c plan_cache_mode=force_generic_plan"
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)


class PostgresqlTransaction:
    """A job's view of a connection."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection
        self.news: list[str] = []

    def one(self, sql: str, *values: object) -> Row | None:
        return self._execute(sql, values).fetchone()

    def all(self, sql: str, *values: object) -> list[Row]:
        return self._execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        return self._execute(sql, values).rowcount

    def run_all(self, statements: Sequence[Statement]) -> list[int]:
        # as one statement: psycopg's pipeline costs more than the ways to and fro that it saves
        touched = self.one(_joined(tuple(sql for sql, _ in statements)), *flat([v for _, v in statements]))
        return list(touched or ())

    def _execute(self, sql: str, values: Sequence[object]) -> "psycopg.Cursor[Row]":
        return self._connection.execute(_dialect(sql), values, prepare=bool(values), binary=True)

    def stream(self, sql: str) -> Iterator[Row]:
        with self._connection.cursor(name="stream", binary=True) as cursor:
            cursor.itersize = 1000
            yield from cursor.execute(_dialect(sql))

    def columns(self, table: str) -> list[str]:
        found = self._connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1"
            " AND table_schema = current_schema() ORDER BY ordinal_position",
            (table,),
        )
        return [row[0] for row in found]

    def tell(self, news: str) -> None:
        self.news.append(news)


class PostgresqlStore(Store):
    """A pool of connections, a thread for each, and one connection that listens."""

    def __init__(self, url: str, patient: bool = False) -> None:
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
            configure=_configure,
            kwargs={
                "options": f"-c statement_timeout={0 if patient else _STATEMENT_MS} {_PLANS}",
                # psycopg's other cursors look for parameters in a long statement's text each time
                "cursor_factory": psycopg.RawCursor,
            },
        )
        self._threads = ThreadPoolExecutor(_CONNECTIONS, "postgresql")
        self._under_way = 0
        self._stopped = threading.Event()
        self._listener: threading.Thread | None = None
        self._hears = threading.Event()
        self._listening: psycopg.Connection[Row] | None = None
        self._to_tell: list[str] = []
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._open)
        except (psycopg.Error, PoolTimeout) as fault:
            raise StoreUnavailable(_refusal(fault) or "the database can't be reached") from fault
        self._listener = threading.Thread(
            target=self._listen, args=(loop,), name="postgresql-listen", daemon=True
        )
        self._listener.start()
        # what other workers tell from now on is heard; where listening has to wait, pages poll meanwhile
        await loop.run_in_executor(self._threads, self._hears.wait, _PATIENCE)

    def _open(self) -> None:
        with psycopg.connect(self._url, connect_timeout=5, cursor_factory=psycopg.RawCursor) as connection:
            connection.execute("SELECT pg_advisory_xact_lock($1)", (_MIGRATION_LOCK,))
            migrate(PostgresqlTransaction(connection), "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
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

    async def read(self, job: Job[T], *, one_moment: bool = False) -> T:
        result, _ = await self._in_thread(partial(self._run, job, one_moment))
        return result

    def exclude(self, transaction: Transaction, *tables: str) -> None:
        transaction.run(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")

    def renumber(self, transaction: Transaction) -> None:
        for table in ("apikeys", "servers", "sessions", "audit"):
            transaction.one(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            )

    async def _in_thread(self, call: Callable[[], tuple[T, list[str]]]) -> tuple[T, list[str]]:
        if self._under_way >= _WAITING or self._stopped.is_set():
            raise StoreUnavailable("too many jobs wait")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        finally:
            self._under_way -= 1

    def _run(self, job: Job[T], one_moment: bool = False) -> tuple[T, list[str]]:
        for _ in range(_RUNS):
            try:
                with self._pool.connection() as connection:
                    if one_moment:
                        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    transaction = PostgresqlTransaction(connection)
                    return job(transaction), transaction.news
            except (Conflict, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                continue
            except psycopg.errors.UniqueViolation:
                continue  # two made the same thing: this time the job sees the other's
            except (psycopg.IntegrityError, psycopg.DataError) as fault:
                raise RowRefused(type(fault).__name__) from fault
            except (
                psycopg.OperationalError,
                psycopg.errors.ReadOnlySqlTransaction,  # a standby, until it is the one that is written to
                PoolTimeout,
                TooManyRequests,
            ) as fault:
                raise StoreUnavailable(type(fault).__name__) from fault
        raise StoreUnavailable("the job met others too often")

    async def _tell(self) -> None:
        # apart from the transaction that it tells of: a NOTIFY inside would queue all commits behind one lock
        while self._to_tell:
            await asyncio.sleep(_GATHER)
            news, self._to_tell = self._to_tell[:_NEWS], self._to_tell[_NEWS:]
            with contextlib.suppress(StoreUnavailable):
                await self._in_thread(partial(self._run, partial(_notify, news)))

    def _hear(self, payload: str) -> None:
        for news in payload.split("\n"):
            self._heard(news)

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(psycopg_sql.SQL("LISTEN {}").format(psycopg_sql.Identifier(_CHANNEL)))
                    self._hears.set()
                    while not self._stopped.is_set():
                        for news in connection.notifies(timeout=0.25):
                            loop.call_soon_threadsafe(self._hear, news.payload)
            except (psycopg.Error, RuntimeError):
                self._stopped.wait(1.0)  # it will be back; pages poll meanwhile


def _notify(news: list[str], transaction: Transaction) -> None:
    # nobody loses by news that a crash takes along: no need to wait for the disk
    transaction.one(
        f"SELECT set_config('synchronous_commit', 'off', true), pg_notify('{_CHANNEL}', ?)", "\n".join(news)
    )


def _refusal(fault: Exception) -> str:
    """What PostgreSQL itself says; nothing that is of the URL, for a password may be in it."""
    if isinstance(fault, psycopg.Error) and fault.diag.message_primary:
        return fault.diag.message_primary
    found = re.search(r"FATAL: +(.+)", str(fault))
    return found.group(1) if found else ""


def _configure(connection: "psycopg.Connection[Row]") -> None:
    # psycopg sends the smallest type that a number fits: the same statement would be prepared for each
    connection.adapters.register_dumper(int, Int8BinaryDumper)
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.prepared_max = 400


@lru_cache(maxsize=128)
def _joined(statements: tuple[str, ...]) -> str:
    parts = [f"w{n} AS ({sql} RETURNING 1)" for n, sql in enumerate(statements)]
    counts = [f"(SELECT count(*) FROM w{n})" for n in range(len(statements))]
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"


@lru_cache(maxsize=512)
def _dialect(sql: str) -> bytes:
    head, *parts = sql.split("?")
    return (head + "".join(f"${n}{part}" for n, part in enumerate(parts, 1))).encode()
