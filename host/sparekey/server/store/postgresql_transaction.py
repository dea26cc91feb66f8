"""A job's view of a PostgreSQL connection."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import psycopg

from .interface import Row, Statement, flat


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


@lru_cache(maxsize=128)
def _joined(statements: tuple[str, ...]) -> str:
    parts = [f"w{n} AS ({sql} RETURNING 1)" for n, sql in enumerate(statements)]
    counts = [f"(SELECT count(*) FROM w{n})" for n in range(len(statements))]
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"


@lru_cache(maxsize=512)
def _dialect(sql: str) -> bytes:
    head, *parts = sql.split("?")
    return (head + "".join(f"${n}{part}" for n, part in enumerate(parts, 1))).encode()
