"""SQLite's write-ahead log: how long it is, and copying it into the database's file."""

import contextlib
import sqlite3
from bisect import bisect_left
from pathlib import Path


def copy(connection: sqlite3.Connection) -> int:
    """Brings the log's pages into the file; answers how many there were, 0 where another process is at it."""
    with contextlib.suppress(sqlite3.OperationalError):
        busy, copied, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return 0 if busy else int(copied)
    return 0


def pages(log: Path) -> int:
    """How many pages a write-ahead log has since it began anew, which is seldom as many as fit its file.

    Each has the salt of the log's header before it (https://sqlite.org/fileformat2.html#walformat).
    """
    if not log.exists():
        return 0
    with log.open("rb") as file:
        header = file.read(32)
        frame = 24 + int.from_bytes(header[8:12], "big")

        def older(place: int) -> bool:
            file.seek(32 + place * frame + 8)
            return file.read(8) != header[16:24]

        return bisect_left(range((log.stat().st_size - 32) // frame), True, key=older)
