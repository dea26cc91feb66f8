"""What the commands share that work on the server's store beside a running service."""

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sparekey.server.accounts.names import one_line
from sparekey.server.errors import ApiError, StoreUnavailable
from sparekey.server.keys import key_check
from sparekey.server.keys.master_key import FILE, KeyFault, MasterKeys
from sparekey.server.store import FILE as DATABASE
from sparekey.server.store import Store, open_store

from .talk.database import postgresql_url, why

_TIMES = ("at", "created", "lastlogin")
"""Columns in Unix seconds; people get them in UTC, programs as they are."""

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def of_store(command: F) -> F:
    """The options that say which store."""
    for option in (
        click.option(
            "--database",
            metavar="URL",
            callback=postgresql_url,
            envvar="SPAREKEY_DATABASE",
            show_envvar=True,
            help="postgresql://… instead of SQLite in the folder.",
        ),
        click.option(
            "--data",
            type=click.Path(file_okay=False, exists=True, path_type=Path),
            required=True,
            help="The server's folder.",
        ),
    ):
        command = option(command)
    return command


def as_json(command: F) -> F:
    """``--json``, for programs."""
    return click.option("--json", "in_json", is_flag=True, help="Answer in JSON.")(command)


def with_store(
    data: Path,
    database: str | None,
    work: Callable[[Store, MasterKeys], Awaitable[T]],
    *,
    new: bool = False,
) -> T:
    """What ``work`` answers; its refusals are told in words, and the exit code is 1.

    ``new``: a folder that no server has used yet is taken too.
    """
    if database is None and not new and not (data / DATABASE).exists():
        click.echo(
            f"Failed: {data} is no server's folder, it has no {DATABASE}. Name the --data of your server;"
            f" a new one begins with: sparekey server run --listen 127.0.0.1:8080 --data {data}",
            err=True,
        )
        sys.exit(1)

    async def done() -> T:
        os.umask(0o077)
        store = open_store(data, database, patient=True)
        await store.start()
        try:
            await key_check.not_lost(store, data / FILE)
            return await work(store, MasterKeys(data / FILE))
        finally:
            await store.stop()

    try:
        return asyncio.run(done())
    except ApiError as refusal:
        click.echo(f"Refused ({refusal.code}): {refusal.message}", err=True)
    except (StoreUnavailable, KeyFault, OSError, ValueError, sqlite3.DatabaseError) as fault:
        click.echo(f"Failed: {why(fault, data, database)}", err=True)
    sys.exit(1)


def show(rows: list[dict[str, Any]], in_json: bool) -> None:
    """Rows as a table for people, or as JSON."""
    if in_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        click.echo("None.", err=True)
        return
    texts = [[_text(name, value) for name, value in row.items()] for row in rows]
    widths = [max(len(name), *(len(line[n]) for line in texts)) for n, name in enumerate(rows[0])]
    for line in (list(rows[0]), *texts):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _text(name: str, value: object) -> str:
    if value is None:
        return "-"
    if name in _TIMES and isinstance(value, int):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    # what a token or a caller named itself must not steer the terminal
    return one_line(", ".join(value) if isinstance(value, list) else str(value))
