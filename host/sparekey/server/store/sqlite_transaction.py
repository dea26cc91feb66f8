"""A job's view of an SQLite connection."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache

from .interface import Row, Statement


class SqliteTransaction:
    """A job's view of an SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.news: list[str] = []

    def one(self, sql: str, *values: object) -> Row | None:
        row: Row | None = self._connection.execute(_dialect(sql), values).fetchone()
        return row

    def all(self, sql: str, *values: object) -> list[Row]:
        return self._connection.execute(_dialect(sql), values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        return self._connection.execute(_dialect(sql), values).rowcount

    def run_all(self, statements: Sequence[Statement]) -> list[int]:
        return [self.run(sql, *values) for sql, values in statements]

    def stream(self, sql: str) -> Iterator[Row]:
        return iter(self._connection.execute(sql))

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]

    def tell(self, news: str) -> None:
        self.news.append(news)


@lru_cache(maxsize=512)
def _dialect(sql: str) -> str:
    return sql.replace(" FOR UPDATE SKIP LOCKED", "").replace(" FOR UPDATE", "")
