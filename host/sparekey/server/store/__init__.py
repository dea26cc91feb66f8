"""Where the server keeps what it knows: one small interface, SQLite and PostgreSQL behind it."""

from pathlib import Path

from .interface import Store, Transaction

__all__ = ["Store", "Transaction", "open_store"]

FILE = "sparekey.db"
"""The SQLite database's name in the data directory."""


def open_store(data: Path, database: str | None = None, *, patient: bool = False) -> Store:
    """The store at a ``postgresql://`` URL, or SQLite in ``data``. Not started yet.

    ``patient``: statements may take long, as those of a backup do.
    """
    if database is None:
        from .sqlite import SqliteStore

        return SqliteStore(data / FILE)
    from .postgresql import PostgresqlStore

    return PostgresqlStore(database, patient)
