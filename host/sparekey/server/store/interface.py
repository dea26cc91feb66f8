"""What the server asks of a database.

The SQL is one text for both: ``?`` for a parameter, ``bytea``, ``bigint`` and ``text``, and row locks
as PostgreSQL writes them (``FOR UPDATE``, ``SKIP LOCKED``), which SQLite's one writer does not need. A job
is a function of a transaction; it may run more than once before it counts, so it does nothing but SQL and
arithmetic.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Row = tuple[Any, ...]


Statement = tuple[str, Sequence[object]]
"""SQL and its parameters."""


class RowRefused(ValueError):
    """The database takes no such row: it names another that isn't there, or lacks a value."""


class Transaction(Protocol):
    """A job's view of the database."""

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows."""

    def run(self, sql: str, *values: object) -> int:
        """How many rows the statement touched."""

    def run_all(self, statements: Sequence[Statement]) -> list[int]:
        """How many rows each statement touched: changes that don't see one another, sent together.

        Each combination is planned once, so it is for few that come often.
        """

    def stream(self, sql: str) -> Iterator[Row]:
        """All rows, one after the other, for more of them than should be in memory."""

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in their order."""

    def tell(self, news: str) -> None:
        """Gives ``news`` to every worker's listener, once this transaction is durable."""


Job = Callable[[Transaction], T]


class Store(ABC):
    """A database. All its methods but ``start`` and ``stop`` are called from one event loop."""

    def __init__(self) -> None:
        self._heard: Callable[[str], None] = lambda news: None

    def listen(self, heard: Callable[[str], None]) -> None:
        """Has ``heard`` called in the event loop with what any worker's transactions tell."""
        self._heard = heard

    @abstractmethod
    async def start(self) -> None:
        """Opens the database and brings its schema up to date. Raises ``StoreUnavailable``."""

    @abstractmethod
    async def stop(self) -> None:
        """Lets what was begun end, and closes."""

    @abstractmethod
    async def write(self, job: Job[T]) -> T:
        """The job's result, once what it wrote is on the disk.

        What the job raises is raised here, and nothing that it wrote remains. Raises
        ``StoreUnavailable`` where the database is away or doesn't keep up.
        """

    @abstractmethod
    def exclude(self, transaction: Transaction, *tables: str) -> None:
        """Waits for what others write into ``tables``, and lets none begin until ``transaction`` ends."""

    @abstractmethod
    def renumber(self, transaction: Transaction) -> None:
        """Lets the keys that number themselves go on after the highest, where rows came with theirs."""

    @abstractmethod
    async def read(self, job: Job[T], *, one_moment: bool = False) -> T:
        """The result of a job that writes nothing. Raises ``StoreUnavailable``.

        ``one_moment``: all its statements see the database as it was when the first began.
        """


@lru_cache(maxsize=512)
def rows_of_values(rows: int, columns: int) -> str:
    """``(?,?),(?,?)``: so many rows of so many parameters for ``VALUES``."""
    row = "(" + ",".join("?" * columns) + ")"
    return ",".join([row] * rows)


@lru_cache(maxsize=512)
def table_of_values(rows: int, *columns: str) -> str:
    """So many rows of parameters as a table ``t`` for FROM.

    Not WITH: Python's sqlite3 counts no rows for a statement that begins so.
    """
    named = ", ".join(f"column{place} AS {name}" for place, name in enumerate(columns, 1))
    return f"(SELECT {named} FROM (VALUES {rows_of_values(rows, len(columns))}) AS v) AS t"


def flat(rows: Sequence[Sequence[object]]) -> list[object]:
    """The parameters of ``rows_of_values`` in their order."""
    return list(chain.from_iterable(rows))
