"""Accounts as the API shows them: a page, one, blocked or not, removed."""

from msgspec import UNSET

from sparekey.server.errors import ApiError
from sparekey.server.monitoring import audit
from sparekey.server.objects import Account
from sparekey.server.store.interface import Row, Transaction
from sparekey.server.store.paging import Column, Page, page

from .names import is_name

COLUMNS = {
    "id": Column("a.ref", True),
    "description": Column("a.description"),
    "userid": Column("a.userid"),
    "blocked": Column("a.blocked", True),
    "created": Column("a.created", True),
    "lastlogin": Column("a.lastlogin", True),
}
RETIRED = 32 * 86400
"""Seconds: a login lasts 30 days, and the sweep takes its time."""

_SOURCE = "FROM accounts a WHERE a.server = ? AND a.active = 1"


def pages(
    transaction: Transaction, server: int, wanted: Page, userid: str | None = None
) -> tuple[list[Account], int]:
    """A page of a server's accounts, or of a user's, and how many there are."""
    source, values = _SOURCE, [server]
    if userid is not None:
        source += " AND a.userid = ?"
        values.append(userid)  # type: ignore[arg-type]
    rows, total = page(transaction, source, list(values), COLUMNS, wanted, "id")
    return [_account(row) for row in rows], total


def one(transaction: Transaction, server: int, reference: int) -> Account:
    """The account with that reference. Raises ``ApiError`` (``not_found``)."""
    selected = ", ".join(column.sql for column in COLUMNS.values())
    row = transaction.one(f"SELECT {selected} {_SOURCE} AND a.ref = ?", server, reference)
    if row is None:
        raise ApiError("not_found")
    return _account(row)


def block(transaction: Transaction, server: int, reference: int, blocked: bool, by: audit.By) -> Account:
    """Blocks or unblocks; a blocked account's logins count for nothing while it is blocked."""
    before = one(transaction, server, reference)
    if before.blocked != blocked:
        by.note("account", "blocked" if blocked else "unblocked", server=server, account=reference)
    transaction.run(
        "UPDATE accounts SET blocked = ? WHERE server = ? AND ref = ? AND active = 1",
        int(blocked),
        server,
        reference,
    )
    return one(transaction, server, reference)


def remove(transaction: Transaction, server: int, reference: int, by: audit.By) -> Account:
    """Removes the account, its key with it; answers what it was.

    Its reference is given to no other for ``RETIRED``: a session that was logged in would become that one's.
    """
    account = one(transaction, server, reference)
    transaction.run(
        "INSERT INTO retired (server, ref, ends) VALUES (?, ?, ?)"
        " ON CONFLICT (server, ref) DO UPDATE SET ends = excluded.ends",
        server,
        reference,
        by.now + RETIRED,
    )
    by.note("account", "removed", _user_of(account), server=server, account=reference)
    transaction.run("DELETE FROM accounts WHERE server = ? AND ref = ?", server, reference)
    return account


def of_user(transaction: Transaction, server: int, userid: str) -> list[int]:
    """The references of a user's accounts."""
    rows = transaction.all(
        "SELECT ref FROM accounts WHERE server = ? AND userid = ? AND active = 1 ORDER BY ref", server, userid
    )
    return [int(row[0]) for row in rows]


def remove_of_user(transaction: Transaction, server: int, userid: str, by: audit.By) -> list[Account]:
    """Removes a user's accounts; answers what they were."""
    return [remove(transaction, server, ref, by) for ref in of_user(transaction, server, userid)]


def give_to(transaction: Transaction, server: int, reference: int, userid: str, by: audit.By) -> Account:
    """Makes the account a user's, who is made where there is none."""
    before = one(transaction, server, reference)
    add_user(transaction, server, userid, by.now)
    if before.userid != userid:
        by.note("account", "given", userid, server=server, account=reference)
    transaction.run("UPDATE accounts SET userid = ? WHERE server = ? AND ref = ?", userid, server, reference)
    return one(transaction, server, reference)


def add_user(transaction: Transaction, server: int, userid: str, now: int) -> None:
    """Makes a user where there is none."""
    if not is_name(userid):
        raise ApiError("invalid_name")
    transaction.run(
        "INSERT INTO users (server, userid, created) VALUES (?, ?, ?)"
        " ON CONFLICT (server, userid) DO NOTHING",
        server,
        userid,
        now,
    )


def _user_of(account: Account) -> str:
    return account.userid if isinstance(account.userid, str) else ""


def _account(row: Row) -> Account:
    ref, description, userid, blocked, created, lastlogin = row
    return Account(
        id=ref,
        description=description,
        blocked=bool(blocked),
        created=created,
        clientVersion="1",
        userid=UNSET if userid is None else userid,
        lastlogin=UNSET if lastlogin is None else lastlogin,
    )
