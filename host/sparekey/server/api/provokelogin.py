"""Provoked logins: the calls are there, and say why no token here can be called."""

from sparekey.server.accounts import accounts, users
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.objects import Empty, UserContext


@operation(
    "POST",
    "/servers/{serverid}/sessions/provokelogin",
    "sessions",
    nonce=True,
    body=UserContext,
    body_needed=False,
    answer=Empty,
    codes=("cannot_provoke",),
)
async def provoke_session_login(call: Call) -> Empty:
    """Call the token that was last in this session; always refused, since a token has no network."""
    raise ApiError("cannot_provoke")


@operation(
    "POST",
    "/servers/{serverid}/accounts/{accountid}/provokelogin",
    "accounts",
    "sessions",
    body=UserContext,
    body_needed=False,
    answer=Empty,
    codes=("cannot_provoke",),
)
async def provoke_account_login(call: Call) -> Empty:
    """Call an account's token; always refused, since a token has no network."""
    reference = call.number("accountid", 1 << 30)
    await call.service.store.read(lambda t: accounts.one(t, call.server.id, reference))
    raise ApiError("cannot_provoke")


@operation(
    "POST",
    "/servers/{serverid}/users/{userid}/provokelogin",
    "users",
    "sessions",
    body=UserContext,
    body_needed=False,
    answer=Empty,
    codes=("cannot_provoke",),
)
async def provoke_user_login(call: Call) -> Empty:
    """Call a user's tokens; always refused, since a token has no network."""
    userid = call.text("userid")
    await call.service.store.read(lambda t: users.need(t, call.server.id, userid))
    raise ApiError("cannot_provoke")
