"""The audit log: login tries, how enrolments came out and what was changed by whom, as rows and JSON lines.

Never in it: an OTP, a key, a proof, a nonce. ``reason`` is for the server's owner; callers don't learn it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sparekey.server.store.interface import Statement, Store, T, Transaction, flat, rows_of_values

_LOG = logging.getLogger("sparekey.audit")
NO_ACCOUNT = -1
NO_SERVER = 0
"""For what is about the whole service."""

COMMAND = "(command)"
"""The role of who has the server's own folder: no API key's role can be called so."""


class Event(NamedTuple):
    """One thing that happened; ``server`` is the database's number of it, ``at`` in Unix seconds.

    ``role`` is whose API key changed something; empty for what persons and tokens do.
    """

    at: int
    server: int
    event: str
    outcome: str
    reason: str = ""
    hsid: bytes = b""
    account: int = NO_ACCOUNT
    role: str = ""


_COLUMNS = "at, server, event, outcome, reason, hsid, account"
Trail = list[Event]
"""What a job puts the events into that it brings about."""


@dataclass(frozen=True)
class By:
    """Who changes something, and when; what is noted goes into ``trail``."""

    now: int
    role: str = COMMAND
    trail: Trail = field(default_factory=list)

    def note(
        self,
        event: str,
        outcome: str,
        reason: str = "",
        *,
        server: int = NO_SERVER,
        account: int = NO_ACCOUNT,
    ) -> None:
        """That ``event`` had this outcome."""
        self.trail.append(Event(self.now, server, event, outcome, reason, b"", account, self.role))


async def change(store: Store, now: int, role: str, job: Callable[[Transaction, By], T]) -> T:
    """``write`` for what ``role`` changes at ``now``."""
    return await write(store, lambda transaction, trail: job(transaction, By(now, role, trail)))


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
    transaction.run(
        f"INSERT INTO audit ({_COLUMNS}, role) VALUES {rows_of_values(len(events), 8)}", *flat(events)
    )


def statement(events: Sequence[Event]) -> Statement:
    """What ``keep`` runs for login tries, which no role makes."""
    return _sql(len(events)), flat([e[:7] for e in events])


@lru_cache
def _sql(count: int) -> str:
    return f"INSERT INTO audit ({_COLUMNS}) VALUES {rows_of_values(count, 7)}"


def tell(events: Sequence[Event]) -> None:
    """Writes the lines, once the rows are durable."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    for e in events:
        facts: dict[str, object] = {
            "at": e.at,
            "server": e.server,
            "session": e.hsid.hex(),
            "account": e.account if e.account != NO_ACCOUNT else None,
            "outcome": e.outcome,
            "reason": e.reason,
        }
        if e.role:
            facts["role"] = e.role
        _LOG.info(e.event, extra={"facts": facts})
