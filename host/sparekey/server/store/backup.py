"""A backup as JSON lines, from one store and into any: taken and restored while the service runs.

The first line says what it is, then each table has a line with its columns and a line a row, and the last
line says how many rows there were, so that a file that was cut is told from a whole one; bytes are
``{"hex": …}``. Keys are in it as they are at rest, sealed; the master key is not. QR codes that wait for a
login are left out: after a restore no one-time password of before can be used, or used again. An older
Sparekey's backup is read too: the columns that it lacks come last, and stay empty.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from .interface import RowRefused, Store, Transaction
from .schema import STEPS

_MARK = "sparekey-backup"
_VERSION = 2  # 1 had no last line
_TABLES = {
    "roles": "",
    "apikeys": "",
    "servers": "",
    "users": "",
    "attributes": "",
    "accounts": "WHERE active = 1",
    "sessions": "WHERE account IS NOT NULL",
    "throttles": "",
    "transactions": "",
    "audit": "",
}
_ORDER = tuple(_TABLES)
_INTEGERS = 1 << 63
_EMPTIED = (*reversed(_ORDER[3:]), "enrolments", "retired", *reversed(_ORDER[:3]))


class NotABackup(Exception):
    """The file is no backup, was cut or altered, or is from a newer Sparekey."""


async def backup(store: Store, path: Path) -> int:
    """Writes all rows of one moment to ``path`` (mode 600), whole or not at all; answers how many."""
    temporary = path.with_name(path.name + ".new")

    def job(transaction: Transaction) -> int:
        # anew: one that is there may be readable by others, or lead elsewhere
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            count = _dump(transaction, file)
            file.flush()
            os.fsync(file.fileno())
        return count

    try:
        count = await store.read(job, one_moment=True)
        temporary.replace(path)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from None
    finally:
        temporary.unlink(missing_ok=True)
    return count


async def restore(
    store: Store, path: Path, note: Callable[[Transaction, int], None] = lambda transaction, rows: None
) -> int:
    """Puts the backup's rows in place of all that there are, in one transaction; answers how many.

    ``note`` is told how many, in that transaction: the audit log is the backup's from then on.
    Wrong tries that the store knows of and the backup doesn't are kept. Raises ``NotABackup``.
    """

    def job(transaction: Transaction) -> int:
        with path.open(encoding="ascii") as file:
            count = _load(transaction, file, store)
        note(transaction, count)
        return count

    try:
        return await store.write(job)
    except RowRefused:
        raise NotABackup("its rows don't belong together") from None


def _dump(transaction: Transaction, file: IO[str]) -> int:
    count = 0
    file.write(json.dumps({_MARK: _VERSION, "step": len(STEPS)}) + "\n")
    for table, where in _TABLES.items():
        columns = transaction.columns(table)
        file.write(json.dumps({"table": table, "columns": columns}) + "\n")
        for row in transaction.stream(f"SELECT {', '.join(columns)} FROM {table} {where}"):
            file.write(json.dumps([_out(value) for value in row]) + "\n")
            count += 1
    file.write(json.dumps({"rows": count}) + "\n")
    return count


def _load(transaction: Transaction, file: IO[str], store: Store) -> int:
    lines = _lines(file)
    head = next(lines, None)
    if not isinstance(head, dict) or head.get(_MARK) not in range(1, _VERSION + 1):
        raise NotABackup("not a backup of Sparekey, or of a newer one")
    step = head.get("step")
    if not isinstance(step, int) or not 1 <= step <= len(STEPS):
        raise NotABackup(f"it has schema step {step}; this Sparekey has {len(STEPS)}")
    # what is being written is waited for; nothing comes in between
    store.exclude(transaction, *_EMPTIED)
    throttles = transaction.all("SELECT * FROM throttles")
    columns_of_throttles = transaction.columns("throttles")
    for table in _EMPTIED:
        transaction.run(f"DELETE FROM {table}")
    count, sql, width, whole = 0, "", 0, head[_MARK] == 1
    for line in lines:
        if isinstance(line, dict) and "rows" in line:
            whole = line["rows"] == count
            break
        if isinstance(line, dict):
            table, columns = str(line.get("table")), line.get("columns")
            if table not in _TABLES or not isinstance(columns, list):
                raise NotABackup(f"unknown table {table}")
            known = transaction.columns(table)
            if columns != (known if step == len(STEPS) else known[: len(columns)]):
                raise NotABackup(f"other columns in {table}")
            sql, width = _insert(table, columns), len(columns)
        elif isinstance(line, list) and sql and len(line) == width:
            transaction.run(sql, *[_in(value) for value in line])
            count += 1
        else:
            raise NotABackup("a line is neither a table nor a row")
    if not whole or next(lines, None) is not None:
        raise NotABackup("it was cut, or put together from several")
    keep = _insert("throttles", columns_of_throttles) + " ON CONFLICT (server, ref) DO NOTHING"
    for row in throttles:
        transaction.run(keep, *row)
    store.renumber(transaction)
    # a QR code that logs in once more with the session would have its old tries again
    transaction.run(
        # nor may a login of an account that is gone become the next one's with that reference
        "UPDATE sessions SET used = 1, account ="
        " (SELECT a.ref FROM accounts a WHERE a.server = sessions.server AND a.ref = sessions.account)"
    )
    return count


def _lines(file: IO[str]) -> Iterator[object]:
    try:
        for line in file:
            yield json.loads(line)
    except ValueError:
        raise NotABackup("a line is not JSON") from None


def _insert(table: str, columns: list[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _out(value: object) -> object:
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


def _in(value: object) -> object:
    if isinstance(value, dict):
        try:
            return bytes.fromhex(value["hex"])
        except (KeyError, TypeError, ValueError):
            raise NotABackup("a value is neither bytes nor plain") from None
    too_large = isinstance(value, int) and not -_INTEGERS <= value < _INTEGERS
    if too_large or isinstance(value, list | float | bool):
        raise NotABackup("a value is of no kind that a column has")
    return value
