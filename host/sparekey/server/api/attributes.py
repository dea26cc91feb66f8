"""What a web application wants to remember of a user or a server: keys with JSON values."""

from typing import Any

from sparekey.server.accounts import accounts, users
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.store.interface import Transaction

Attributes = dict[str, Any]
_OF_USER = "/servers/{serverid}/users/{userid}/attributes/"
_OF_SERVER = "/servers/{serverid}/attributes/"


@operation("GET", _OF_USER, "users", answer=Attributes)
async def get_user_attributes(call: Call) -> Attributes:
    """A user's attributes."""
    userid = call.text("userid")

    def job(transaction: Transaction) -> Attributes:
        users.need(transaction, call.server.id, userid)
        return users.attributes(transaction, call.server.id, userid)

    return await call.service.store.read(job)


@operation("POST", _OF_USER, "users", body=Attributes, answer=Attributes)
async def replace_user_attributes(call: Call) -> Attributes:
    """Replace a user's attributes; makes the user where there is none."""
    userid, now = call.text("userid"), call.service.now()

    def job(transaction: Transaction) -> Attributes:
        accounts.add_user(transaction, call.server.id, userid, now)
        users.clear_attributes(transaction, call.server.id, userid)
        return users.set_attributes(transaction, call.server.id, userid, call.body)

    return await call.service.store.write(job)


@operation("PUT", _OF_USER, "users", body=Attributes, answer=Attributes)
async def merge_user_attributes(call: Call) -> Attributes:
    """Add to a user's attributes, replacing those of the same keys."""
    userid = call.text("userid")

    def job(transaction: Transaction) -> Attributes:
        users.need(transaction, call.server.id, userid)
        return users.set_attributes(transaction, call.server.id, userid, call.body)

    return await call.service.store.write(job)


@operation("DELETE", _OF_USER, "users", answer=Attributes)
async def remove_user_attributes(call: Call) -> Attributes:
    """Remove a user's attributes; answers what is left."""
    userid = call.text("userid")

    def job(transaction: Transaction) -> Attributes:
        users.need(transaction, call.server.id, userid)
        return _removed(transaction, call, userid)

    return await call.service.store.write(job)


@operation("DELETE", _OF_USER + "{key}", "users", answer=Attributes)
async def remove_user_attribute(call: Call) -> Attributes:
    """Remove one of a user's attributes; answers what is left."""
    userid, key = call.text("userid"), call.text("key")

    def job(transaction: Transaction) -> Attributes:
        users.need(transaction, call.server.id, userid)
        return _removed(transaction, call, userid, key)

    return await call.service.store.write(job)


@operation("GET", _OF_SERVER, "servers", answer=Attributes)
async def get_server_attributes(call: Call) -> Attributes:
    """A server's attributes."""
    return await call.service.store.read(lambda t: users.attributes(t, call.server.id, users.OF_SERVER))


@operation("POST", _OF_SERVER, "servers", body=Attributes, answer=Attributes)
async def replace_server_attributes(call: Call) -> Attributes:
    """Replace a server's attributes."""

    def job(transaction: Transaction) -> Attributes:
        users.clear_attributes(transaction, call.server.id, users.OF_SERVER)
        return users.set_attributes(transaction, call.server.id, users.OF_SERVER, call.body)

    return await call.service.store.write(job)


@operation("PUT", _OF_SERVER, "servers", body=Attributes, answer=Attributes)
async def merge_server_attributes(call: Call) -> Attributes:
    """Add to a server's attributes, replacing those of the same keys."""
    return await call.service.store.write(
        lambda t: users.set_attributes(t, call.server.id, users.OF_SERVER, call.body)
    )


@operation("DELETE", _OF_SERVER, "servers", answer=Attributes)
async def remove_server_attributes(call: Call) -> Attributes:
    """Remove a server's attributes; answers what is left."""
    return await call.service.store.write(lambda t: _removed(t, call, users.OF_SERVER))


@operation("DELETE", _OF_SERVER + "{key}", "servers", answer=Attributes)
async def remove_server_attribute(call: Call) -> Attributes:
    """Remove one of a server's attributes; answers what is left."""
    key = call.text("key")
    return await call.service.store.write(lambda t: _removed(t, call, users.OF_SERVER, key))


def _removed(transaction: Transaction, call: Call, userid: str, key: str | None = None) -> Attributes:
    count = users.clear_attributes(transaction, call.server.id, userid, key)
    if key is not None and not count:
        raise ApiError("not_found")
    return users.attributes(transaction, call.server.id, userid)
