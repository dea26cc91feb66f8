"""The accounts of a server: one for each token that was enrolled."""

from msgspec import Struct

from sparekey.server.accounts import accounts
from sparekey.server.http.operation import Call, operation
from sparekey.server.objects import Account, Accounts, UserId
from sparekey.server.store.paging import Page


class Block(Struct):
    """``blocked=true|false``."""

    blocked: bool | None = None


class Owner(Struct):
    """Whose an account is to be."""

    userid: UserId | None = None


@operation(
    "GET", "/servers/{serverid}/accounts/", "accounts", query=Page, answer=Accounts, codes=("bad_request",)
)
async def list_accounts(call: Call) -> Accounts:
    """The accounts of a server."""
    return Accounts(*await call.service.store.read(lambda t: accounts.pages(t, call.server.id, call.query)))


@operation("GET", "/servers/{serverid}/accounts/{accountid}/", "accounts", "sessions", answer=Account)
async def get_account(call: Call) -> Account:
    """One account."""
    reference = call.number("accountid", 1 << 30)
    return await call.service.store.read(lambda t: accounts.one(t, call.server.id, reference))


@operation(
    "PUT",
    "/servers/{serverid}/accounts/{accountid}/",
    "accounts",
    query=Block,
    body=Block,
    body_needed=False,
    answer=Account,
)
async def block_account(call: Call) -> Account:
    """Block an account, or let it be used again."""
    reference = call.number("accountid", 1 << 30)
    blocked = call.given("blocked")
    return await call.change(lambda t, by: accounts.block(t, call.server.id, reference, blocked, by))


@operation("DELETE", "/servers/{serverid}/accounts/{accountid}/", "accounts", answer=Account)
async def remove_account(call: Call) -> Account:
    """Remove an account and its key; answers what it was."""
    reference = call.number("accountid", 1 << 30)
    return await call.change(lambda t, by: accounts.remove(t, call.server.id, reference, by))


@operation(
    "PUT",
    "/servers/{serverid}/accounts/{accountid}/user",
    "accounts",
    query=Owner,
    body=Owner,
    body_needed=False,
    answer=Account,
    codes=("invalid_name",),
)
async def set_account_user(call: Call) -> Account:
    """Say whose an account is."""
    reference = call.number("accountid", 1 << 30)
    userid = call.given("userid")
    return await call.change(lambda t, by: accounts.give_to(t, call.server.id, reference, userid, by))
