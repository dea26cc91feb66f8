"""What the decision on OTPs reads and writes: one statement a table, for as many tries as there are.

Rows are locked in one order, whatever order the tries came in: sessions, accounts, throttles, and each by
its key. So workers whose batches share rows wait for one another, and never in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sparekey.server.errors import Conflict
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Row, Statement, Transaction, flat, rows_of_values, table_of_values

from . import typed_otp
from .throttle import Throttle


class Try(NamedTuple):
    """One call of otpLogin; ``server`` is the database's number, ``nonce`` the hash of the browser's."""

    server: int
    serverid: bytes
    nonce: bytes
    typed: typed_otp.TypedOtp
    at: int

    @property
    def touches(self) -> tuple[tuple[int, object], ...]:
        """The session and the account that it is about: no two at once in one batch."""
        if self.typed.reference == typed_otp.NO_REFERENCE:  # nobody's: a flood of them shares batches too
            return ((self.server, self.nonce),)
        return (self.server, self.nonce), (self.server, self.typed.reference)


@dataclass
class Writes:
    """Rows to be written, as ``write`` spells them; each begins with its key in the table."""

    sessions: list[Row] = field(default_factory=list)
    logins: list[Row] = field(default_factory=list)
    throttles: list[Row] = field(default_factory=list)
    cleared: list[Row] = field(default_factory=list)


def read(transaction: Transaction, tries: Sequence[Try]) -> dict[int, Row]:
    """What each try is about, by its place among them: one indexed read for all."""
    values = flat([(n, one.server, one.nonce, one.typed.reference) for n, one in enumerate(tries)])
    return {row[0]: row for row in transaction.all(_read_sql(len(tries)), *values)}


def write(transaction: Transaction, writes: Writes, events: Sequence[audit.Event]) -> None:
    """Writes it all down; ``Conflict`` where a row isn't any more as it was read."""
    # those to be cleared are locked among the others, and cleared at the end
    throttles = writes.throttles + [(*key, 0, "", 0, 0, 0) for key in writes.cleared]
    wanted: list[tuple[Statement, int]] = [
        ((text(len(rows)), flat(sorted(rows))), len(rows))
        for rows, text in (
            (writes.sessions, _sessions_sql),
            (writes.logins, _logins_sql),
            (throttles, _throttles_sql),
        )
        if rows
    ]
    wanted.append((audit.statement(events), len(events)))
    statements = [statement for statement, _ in wanted]
    if len(writes.logins) == len(events) and not throttles:  # all right, as mostly
        touched = transaction.run_all(statements)
    else:
        touched = [transaction.run(sql, *values) for sql, values in statements]
    if touched != [expected for _, expected in wanted]:
        raise Conflict
    for row in writes.cleared:
        transaction.run(_CLEAR, *row)


def throttle_row(one: Try, later: Throttle) -> Row:
    """A row of ``Writes.throttles``."""
    return (
        one.server,
        one.typed.reference,
        later.version,
        later.recent_text,
        later.until,
        later.penalty,
        later.ends,
    )


@lru_cache
def _read_sql(count: int) -> str:
    return (
        "SELECT t.n, v.flags, s.id, s.hsid, s.qr, s.expires, s.tries, s.used, a.sealed_key, a.format,"
        " a.pin, a.active, a.blocked, a.userid, a.public_key,"
        " h.version, h.recent, h.until, h.penalty,"
        " s.previous_hsid, s.previous_qr, s.previous_expires, s.previous_tries"
        f" FROM {table_of_values(count, 'n', 'server', 'nonce', 'ref')} JOIN servers v ON v.id = t.server"
        " LEFT JOIN sessions s ON s.server = t.server AND s.nonce = t.nonce"
        " LEFT JOIN accounts a ON a.server = t.server AND a.ref = t.ref"
        " LEFT JOIN throttles h ON h.server = t.server AND h.ref = t.ref"
    )


@lru_cache
def _sessions_sql(count: int) -> str:
    named = ("id", "hsid", "seen", "seen_used", "tries", "account", "verified", "ends")
    return (
        "UPDATE sessions SET tries = t.tries,"
        " used = CASE WHEN t.account < 0 THEN sessions.used ELSE 1 END,"
        " by_otp = CASE WHEN t.account < 0 THEN sessions.by_otp ELSE 1 END,"
        " verified = CASE WHEN t.account < 0 THEN sessions.verified ELSE t.verified END,"
        " ends = CASE WHEN t.account < 0 THEN sessions.ends ELSE t.ends END,"
        " account = CASE WHEN t.account < 0 THEN sessions.account ELSE t.account END"
        f" FROM {table_of_values(count, *named)}"
        " WHERE sessions.id = t.id AND sessions.hsid = t.hsid AND sessions.tries = t.seen"
        " AND sessions.used = t.seen_used"
    )


@lru_cache
def _throttles_sql(count: int) -> str:
    return (
        "INSERT INTO throttles (server, ref, version, recent, until, penalty, ends)"
        f" VALUES {rows_of_values(count, 7)}"
        " ON CONFLICT (server, ref) DO UPDATE SET version = excluded.version,"
        " recent = excluded.recent, until = excluded.until, penalty = excluded.penalty,"
        " ends = excluded.ends WHERE throttles.version = excluded.version - 1 OR excluded.version = 0"
    )


@lru_cache
def _logins_sql(count: int) -> str:
    return (
        "UPDATE accounts SET lastlogin = t.at"
        f" FROM {table_of_values(count, 'server', 'ref', 'at')}"
        " WHERE accounts.server = t.server"
        " AND accounts.ref = t.ref AND accounts.active = 1 AND accounts.blocked = 0"
    )


_CLEAR = "DELETE FROM throttles WHERE server = ? AND ref = ?"
