"""The users of a server, and their accounts."""

from msgspec import Struct

from sparekey.server.accounts import accounts, users
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login.session_life import of_nonce
from sparekey.server.monitoring import audit
from sparekey.server.objects import Accounts, Empty, UserId, Users
from sparekey.server.store.interface import Transaction
from sparekey.server.store.paging import Page, SearchPage


class Registered(Struct):
    """Whose the account is to be."""

    userid: UserId | None = None


@operation("GET", "/servers/{serverid}/users/", "users", query=SearchPage, answer=Users)
async def list_users(call: Call) -> Users:
    """The users of a server."""
    return Users(*await call.service.store.read(lambda t: users.pages(t, call.server.id, call.query)))


@operation("DELETE", "/servers/{serverid}/users/{userid}/", "users", answer=Accounts)
async def remove_user(call: Call) -> Accounts:
    """Remove a user with attributes and accounts; answers the accounts."""
    userid = call.text("userid")
    removed = await call.change(lambda t, by: users.remove(t, call.server.id, userid, by))
    return Accounts(removed, len(removed))


@operation("GET", "/servers/{serverid}/users/{userid}/accounts", "accounts", query=Page, answer=Accounts)
async def list_user_accounts(call: Call) -> Accounts:
    """A user's accounts."""
    userid = call.text("userid")

    def job(transaction: Transaction) -> Accounts:
        users.need(transaction, call.server.id, userid)
        return Accounts(*accounts.pages(transaction, call.server.id, call.query, userid))

    return await call.service.store.read(job)


@operation("DELETE", "/servers/{serverid}/users/{userid}/accounts", "accounts", answer=Accounts)
async def remove_user_accounts(call: Call) -> Accounts:
    """Remove a user's accounts; answers what they were."""
    userid = call.text("userid")

    def job(transaction: Transaction, by: audit.By) -> Accounts:
        users.need(transaction, call.server.id, userid)
        removed = accounts.remove_of_user(transaction, call.server.id, userid, by)
        return Accounts(removed, len(removed))

    return await call.change(job)


@operation(
    "POST",
    "/servers/{serverid}/sessions/registeruser",
    "users",
    nonce=True,
    query=Registered,
    body=Registered,
    body_needed=False,
    answer=Empty,
    codes=("not_logged_in", "invalid_name"),
)
async def register_user(call: Call) -> Empty:
    """Make the account that is logged in to this session a user's."""
    userid = call.given("userid")

    def job(transaction: Transaction, by: audit.By) -> None:
        session = of_nonce(transaction, call.server.id, call.nonce)
        if session is None or not session.loggedin:
            raise ApiError("not_logged_in")
        accounts.give_to(transaction, call.server.id, session.account or 0, userid, by)

    await call.change(job)
    return Empty()
