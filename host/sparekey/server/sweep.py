"""Ends and clears what is over, a little at a time, so that nobody waits for it."""

import asyncio
import logging
import time

from .accounts import enrolments
from .errors import StoreUnavailable
from .monitoring import audit
from .service import Service
from .store.interface import Transaction

_LOG = logging.getLogger("sparekey.server")
_EVERY = 5.0  # seconds between two looks while there is nothing to do
_SHARE = 4  # a pause is so many times as long as the bite before it took
BITE = 20  # rows: each touches a page of every index
AUDIT_KEPT = 400 * 86400  # seconds

_BY_END = ("sessions", "enrolments", "throttles", "transactions", "retired")


async def sweep(service: Service) -> None:
    """Sweeps until cancelled."""
    while True:
        began = time.monotonic()
        try:
            swept = await bite(service)
        except StoreUnavailable:
            swept = 0  # the store will be back
        except Exception:  # as of a table that was ruined: whoever mends it needs no restart
            _LOG.exception("fault in the sweep")
            swept = 0
        await asyncio.sleep(_SHARE * (time.monotonic() - began) if swept >= BITE else _EVERY)


async def bite(service: Service) -> int:
    """Ends at most ``BITE`` enrolments, clears as many rows of each table; answers the most of one."""
    now = service.now()
    most = await audit.write(service.store, lambda t, trail: enrolments.expire(t, now, BITE, trail))
    for table in (*_BY_END, "audit"):

        def job(transaction: Transaction, table: str = table) -> int:
            return _clear(transaction, table, now)

        count = await service.store.write(job)
        service.metrics.swept[table] += count
        most = max(most, count)
    return most


def _clear(transaction: Transaction, table: str, now: int) -> int:
    if table == "audit":
        # numbered as time goes, so the oldest rows come first
        return transaction.run(
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?) AND at < ?",
            BITE,
            now - AUDIT_KEPT,
        )
    key = "server, ref" if table in ("throttles", "retired") else "id"
    # an enrolment goes on until it was ended, its account and the audit log with it
    over = " AND state IN ('active', 'ended')" if table == "enrolments" else ""
    # what another transaction has is left for the next bite: who waits for none is in no circle of waits
    return transaction.run(
        f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE ends <= ?{over}"
        " ORDER BY ends LIMIT ? FOR UPDATE SKIP LOCKED) AND ends <= ?",
        now,
        BITE,
        now,
    )
