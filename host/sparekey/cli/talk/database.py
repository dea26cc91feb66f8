"""The server's database in words: the option that names it, and why it can't be used."""

import sqlite3
from pathlib import Path

import click

from sparekey.server.errors import StoreUnavailable
from sparekey.server.store import FILE

from .words import cause

_ADVICE = {
    "locked": "Another program has it to itself: end that, and try again.",
    "full": "Make room on its disk, and try again.",
    "I/O error": "Is its disk full, or failing?",
    "readonly": "May this user read and write it and its folder?",
}
"""What to look at, by a word of SQLite's."""


def postgresql_url(ctx: click.Context, param: click.Parameter, url: str | None) -> str | None:
    """``--database``, checked; what is wrong with it is told without it, since a password may be in it."""
    if url is not None and not url.startswith(("postgresql://", "postgres://")):
        raise click.BadParameter("a database's URL begins with postgresql://", ctx, param)
    return url


def why(fault: Exception, data: Path, database: str | None) -> str:
    """What hinders a command on the store (in ``data`` or at ``database``), and what to look at."""
    words = cause(fault).rstrip(".") + "."
    if database is not None and isinstance(fault, StoreUnavailable):
        return f"{words} Does PostgreSQL run there, and is the URL right (--database, SPAREKEY_DATABASE)?"
    if isinstance(fault, StoreUnavailable | sqlite3.OperationalError):
        for mark, advice in _ADVICE.items():
            if mark in words:
                return f"{data / FILE}: {words} {advice}"
    if isinstance(fault, sqlite3.OperationalError):
        return f"{data / FILE}: {words} May this user read and write it and its folder?"
    if isinstance(fault, sqlite3.DatabaseError):
        again = f"sparekey server restore BACKUP --data {data}"
        return f"{data / FILE}: {words} Put it aside and bring a backup back: {again}"
    return words
