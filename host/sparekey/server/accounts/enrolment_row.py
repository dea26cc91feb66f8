"""An enrolment's row: found by the browser session or by its id, and moved from state to state."""

from dataclasses import dataclass

from sparekey.server.errors import ApiError, Conflict
from sparekey.server.store.interface import Row, Transaction

_COLUMNS = "id, server, nonce, userid, body, expires, state, commitment, server_nonce, ref, checkcode"


@dataclass
class Enrolment:
    """A row of ``enrolments``."""

    id: bytes
    server: int
    nonce: bytes
    userid: str | None
    body: bytes
    expires: int
    state: str
    commitment: bytes | None
    server_nonce: bytes | None
    ref: int | None
    checkcode: str | None

    def seen(self, now: int) -> str:
        """The state as the page is told it."""
        if self.state in ("active", "ended"):
            return self.state
        if self.expires <= now:
            return "ended"
        return "check" if self.state == "check" else "waiting"


def of_nonce(transaction: Transaction, server: int, nonce: bytes) -> Enrolment | None:
    """The enrolment begun last in a browser session."""
    row = transaction.one(
        f"SELECT {_COLUMNS} FROM enrolments WHERE server = ? AND nonce = ? FOR UPDATE", server, nonce
    )
    return _enrolment(row)


def of_id(transaction: Transaction, ident: bytes) -> Enrolment:
    """The enrolment with that id. Raises ``ApiError`` (``no_enrolment``)."""
    found = _enrolment(transaction.one(f"SELECT {_COLUMNS} FROM enrolments WHERE id = ? FOR UPDATE", ident))
    if found is None:
        raise ApiError("no_enrolment")
    return found


def overdue(transaction: Transaction, now: int, most: int) -> list[Enrolment]:
    """At most so many enrolments that are not over although their time is, the oldest first."""
    return _open(transaction, "expires <= ? ORDER BY expires, id LIMIT ?", now, most)


def open_of_user(transaction: Transaction, server: int, userid: str) -> list[Enrolment]:
    """A user's enrolments that are not over."""
    return _open(transaction, "server = ? AND userid = ? ORDER BY id", server, userid)


def move(transaction: Transaction, enrolment: Enrolment, state: str, **values: object) -> None:
    """To another state, with ``values`` in its columns. Raises ``Conflict`` where another was faster."""
    columns = "".join(f", {name} = ?" for name in values)
    touched = transaction.run(
        f"UPDATE enrolments SET state = ?{columns} WHERE id = ? AND state = ?",
        state,
        *values.values(),
        enrolment.id,
        enrolment.state,
    )
    if touched != 1:
        raise Conflict
    enrolment.state = state


def _open(transaction: Transaction, which: str, *values: object) -> list[Enrolment]:
    rows = transaction.all(
        f"SELECT {_COLUMNS} FROM enrolments WHERE state IN ('waiting', 'committed', 'check')"
        f" AND {which} FOR UPDATE",
        *values,
    )
    return [found for found in map(_enrolment, rows) if found is not None]


def _enrolment(row: Row | None) -> Enrolment | None:
    if row is None:
        return None
    return Enrolment(*[bytes(value) if isinstance(value, (memoryview, bytes)) else value for value in row])  # type: ignore[arg-type]
