"""Users, and the attributes of users and servers."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from sparekey.server.errors import ApiError
from sparekey.server.monitoring import audit
from sparekey.server.objects import Account, User
from sparekey.server.store.interface import Transaction
from sparekey.server.store.paging import Column, SearchPage, like, page

from . import accounts, enrolment_row, enrolments
from .names import is_name

_ACCOUNTS = "FROM accounts a WHERE a.server = u.server AND a.userid = u.userid AND a.active = 1"
_COLUMNS = {
    "userid": Column("u.userid"),
    "numberaccounts": Column(f"(SELECT count(*) {_ACCOUNTS})", True),
    "lastlogin": Column(f"(SELECT max(a.lastlogin) {_ACCOUNTS})", True),
}
OF_SERVER = ""
"""The user id under which a server's own attributes are kept; no user can be called so."""

MOST_ATTRIBUTES = 256


def pages(transaction: Transaction, server: int, wanted: SearchPage) -> tuple[list[User], int]:
    """A page of users, and how many there are."""
    source, values = "FROM users u WHERE u.server = ?", [server]
    if wanted.search:
        if "\x00" in wanted.search:
            raise ApiError("bad_request", "search: no text has a zero character.")
        source += " AND lower(u.userid) LIKE lower(?) ESCAPE '!'"
        values.append(like(wanted.search))  # type: ignore[arg-type]
    rows, total = page(transaction, source, list(values), _COLUMNS, wanted, "userid")
    return [User(row[0], row[1], UNSET if row[2] is None else row[2]) for row in rows], total


def need(transaction: Transaction, server: int, userid: str) -> None:
    """Raises ``ApiError`` (``not_found``) where there is no such user."""
    if not transaction.one("SELECT 1 FROM users WHERE server = ? AND userid = ?", server, userid):
        raise ApiError("not_found")


def remove(transaction: Transaction, server: int, userid: str, by: audit.By) -> list[Account]:
    """Removes a user with attributes and accounts; answers the accounts.

    Enrolments that go on for the user end: confirmed afterwards, one would bring the user back.
    """
    need(transaction, server, userid)
    for enrolment in enrolment_row.open_of_user(transaction, server, userid):
        enrolments.end(transaction, enrolment, by.now, "user_removed", by.trail)
    removed = accounts.remove_of_user(transaction, server, userid, by)
    clear_attributes(transaction, server, userid)
    transaction.run("DELETE FROM users WHERE server = ? AND userid = ?", server, userid)
    by.note("user", "removed", userid, server=server)
    return removed


def attributes(transaction: Transaction, server: int, userid: str) -> dict[str, Any]:
    """The attributes of a user, or of the server (``OF_SERVER``)."""
    rows = transaction.all(
        "SELECT key, value FROM attributes WHERE server = ? AND userid = ? ORDER BY key", server, userid
    )
    return {key: json.loads(value) for key, value in rows}


def set_attributes(
    transaction: Transaction, server: int, userid: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Adds and replaces; answers all attributes. Raises ``ApiError`` (``bad_request``)."""
    for key, value in values.items():
        if not is_name(key):
            raise ApiError("bad_request", "Body: a key is 1 to 64 printable characters without a slash.")
        transaction.run(
            "INSERT INTO attributes (server, userid, key, value) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (server, userid, key) DO UPDATE SET value = excluded.value",
            server,
            userid,
            key,
            json.dumps(value),
        )
    kept = attributes(transaction, server, userid)
    if len(kept) > MOST_ATTRIBUTES:
        raise ApiError("bad_request", f"Body: at most {MOST_ATTRIBUTES} attributes.")
    return kept


def clear_attributes(transaction: Transaction, server: int, userid: str, key: str | None = None) -> int:
    """Removes all attributes, or one; answers how many there were."""
    if key is None:
        return transaction.run("DELETE FROM attributes WHERE server = ? AND userid = ?", server, userid)
    return transaction.run(
        "DELETE FROM attributes WHERE server = ? AND userid = ? AND key = ?", server, userid, key
    )
