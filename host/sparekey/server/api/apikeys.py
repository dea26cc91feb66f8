"""API keys and the roles behind them."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sparekey.server.accounts import roles
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.monitoring import audit
from sparekey.server.objects import ApiKey, ApiKeys
from sparekey.server.store.interface import Transaction
from sparekey.server.store.paging import Column, Page, page

RoleName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$(?!\n)")]
_COLUMNS = {
    "description": Column("k.description"),
    "role": Column("k.role"),
    "created": Column("k.created", True),
    "id": Column("k.id", True),
}


class Described(Struct):
    """What the key is for."""

    description: Annotated[str, Meta(max_length=256)] | None = None


class NewKey(Struct):
    """``role`` and ``permissions`` (ours): whose key it is; left out, it is the caller's role's own."""

    description: Annotated[str, Meta(max_length=256)] | None = None
    role: RoleName | UnsetType = UNSET
    permissions: list[str] | UnsetType = UNSET


@operation("GET", "/apikeys/", "servers", query=Page, answer=ApiKeys, codes=("bad_request",))
async def list_apikeys(call: Call) -> ApiKeys:
    """The API keys, without the keys."""
    _needs_all(call)

    def job(transaction: Transaction) -> ApiKeys:
        rows, total = page(transaction, "FROM apikeys k WHERE 1 = 1", [], _COLUMNS, call.query, "id")
        return ApiKeys([ApiKey(row[0], row[1], _permissions(transaction, row[1])) for row in rows], total)

    return await call.service.store.read(job)


@operation(
    "POST",
    "/apikeys/",
    "servers",
    query=Described,
    body=NewKey,
    body_needed=False,
    answer=ApiKey,
    codes=("already_there",),
)
async def create_apikey(call: Call) -> ApiKey:
    """Make an API key; this answer alone shows it."""
    _needs_all(call)
    new: NewKey = call.body or NewKey()
    description = str(call.given("description"))
    if not description.isprintable():
        raise ApiError("bad_request", "description: all of it must be printable.")

    def job(transaction: Transaction, by: audit.By) -> ApiKey:
        name = call.role.name if new.role is UNSET else str(new.role)
        if new.permissions is not UNSET:
            asked = list(dict.fromkeys(new.permissions))
            if new.role is UNSET or not asked or not set(asked) <= set(roles.PERMISSIONS):
                raise ApiError("bad_request", "Body: permissions go with a role and are known ones.")
            if not all(call.role.may(permission) for permission in asked):
                raise ApiError("forbidden", "Nobody can give what they don't have.")
            roles.add_role(transaction, name, asked, roles.ROOT in asked, by)
        role = roles.role(transaction, name)
        if role is None:
            raise ApiError("bad_request", "Body: a new role needs its permissions.")
        if not all(call.role.may(permission) for permission in role.permissions):
            raise ApiError("forbidden", "Nobody can give what they don't have.")
        key = roles.add_key(transaction, name, description, by)
        return ApiKey(description, name, sorted(role.permissions), key)

    return await call.change(job)


def _needs_all(call: Call) -> None:
    if not call.role.everywhere:
        raise ApiError("forbidden", "API keys need the permission for all servers.")


def _permissions(transaction: Transaction, name: str) -> list[str]:
    role = roles.role(transaction, name)
    return sorted(role.permissions) if role else []
