"""``sparekey server audit``: what happened last."""

from pathlib import Path
from typing import Any

import click

from sparekey.server.http.dispatch import spelled
from sparekey.server.store import Transaction

from .server_store import as_json, of_store, show, with_store


@click.command()
@click.option("--last", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@of_store
@as_json
def audit(last: int, data: Path, database: str | None, in_json: bool) -> None:
    """The last things that happened, the latest at the end."""

    def job(transaction: Transaction) -> list[dict[str, Any]]:
        rows = transaction.all(
            "SELECT a.at, v.serverid, a.event, a.outcome, a.reason, a.account, a.hsid, a.role"
            " FROM audit a LEFT JOIN servers v ON v.id = a.server ORDER BY a.id DESC LIMIT ?",
            last,
        )
        return [
            {
                "at": row[0],
                "serverid": None if row[1] is None else spelled(bytes(row[1])),
                "event": row[2],
                "outcome": row[3],
                "reason": row[4],
                "account": None if row[5] < 0 else row[5],
                "session": bytes(row[6]).hex(),
                "role": row[7],
            }
            for row in reversed(rows)
        ]

    show(with_store(data, database, lambda store, keys: store.read(job)), in_json)
