"""The audit log: every login try and how every enrolment came out, as a row and as a JSON line.

Never in it: an OTP, a key, a proof, a nonce. ``reason`` is for the server's owner; callers don't learn it.
"""

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from sparekey.server.store.interface import Statement, Store, T, Transaction, flat, rows_of_values

_LOG = logging.getLogger("sparekey.audit")
NO_ACCOUNT = -1


class Event(NamedTuple):
    """One thing that happened; ``server`` is the database's number of it, ``at`` in Unix seconds."""

    at: int
    server: int
    event: str
    outcome: str
    reason: str = ""
    hsid: bytes = b""
    account: int = NO_ACCOUNT


Trail = list[Event]
"""What a job puts the events into that it brings about."""


async def write(store: Store, job: Callable[[Transaction, Trail], T]) -> T:
    """What ``job`` answers, once it is durable; its trail is rows with it, and lines from then on.

    Raises ``StoreUnavailable``, and whatever ``job`` raises: nothing of its trail is kept then.
    """

    def kept(transaction: Transaction) -> tuple[T, Trail]:
        trail: Trail = []  # a job may run again
        result = job(transaction, trail)
        if trail:
            keep(transaction, trail)
        return result, trail

    result, trail = await store.write(kept)
    tell(trail)
    return result


def keep(transaction: Transaction, events: Sequence[Event]) -> None:
    """Writes the rows, in the transaction that they tell of."""
    sql, values = statement(events)
    transaction.run(sql, *values)


def statement(events: Sequence[Event]) -> Statement:
    """What ``keep`` runs."""
    rows = [(e.at, e.server, e.event, e.outcome, e.reason, e.hsid, e.account) for e in events]
    return _sql(len(rows)), flat(rows)


@lru_cache
def _sql(count: int) -> str:
    return (
        "INSERT INTO audit (at, server, event, outcome, reason, hsid, account)"
        f" VALUES {rows_of_values(count, 7)}"
    )


def tell(events: Sequence[Event]) -> None:
    """Writes the lines, once the rows are durable."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    for e in events:
        _LOG.info(
            e.event,
            extra={
                "facts": {
                    "at": e.at,
                    "server": e.server,
                    "session": e.hsid.hex(),
                    "account": e.account if e.account != NO_ACCOUNT else None,
                    "outcome": e.outcome,
                    "reason": e.reason,
                }
            },
        )
