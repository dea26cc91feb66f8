"""``sparekey server servers|accounts|keys``: what an admin page would do."""

import dataclasses
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sparekey.server.accounts import accounts as account_rows
from sparekey.server.accounts import roles
from sparekey.server.accounts import servers as server_rows
from sparekey.server.errors import ApiError
from sparekey.server.http.dispatch import serverid_of, spelled
from sparekey.server.keys.master_key import MasterKeys
from sparekey.server.monitoring import audit
from sparekey.server.store import Store, Transaction
from sparekey.server.store.paging import MOST, Page
from sparekey_token.core import otp

from .server_store import as_json, of_store, show, with_store

Row = dict[str, Any]
T = TypeVar("T")


@click.group()
def servers() -> None:
    """The servers of the service."""


@servers.command("list")
@of_store
@as_json
def list_servers(data: Path, database: str | None, in_json: bool) -> None:
    """All servers."""

    def job(transaction: Transaction) -> list[Row]:
        return [_server(row) for row in server_rows.every(transaction)]

    show(with_store(data, database, lambda store, keys: store.read(job)), in_json)


@servers.command("add")
@click.argument("name")
@click.option("--owner", default=roles.ROOT, show_default=True, help="The role that it will belong to.")
@of_store
@as_json
def add_server(name: str, owner: str, data: Path, database: str | None, in_json: bool) -> None:
    """Make a server called NAME (at most 24 bytes)."""
    if not name.isprintable() or not 0 < len(name.encode()) <= 24:
        raise click.BadParameter("NAME has 1 to 24 bytes of UTF-8, all printable.")

    async def work(store: Store, keys: MasterKeys) -> Row:
        if await store.read(lambda t: roles.role(t, owner)) is None:
            make = f"sparekey server keys add {shlex.quote(owner)} --permission sessions"
            click.echo(f"No role is called {owner} yet. Make it, with all that it may do: {make}", err=True)

        def job(transaction: Transaction, by: audit.By) -> Row:
            fresh = server_rows.fresh(keys, name, owner, by.now)
            return _server(server_rows.insert(transaction, fresh, by))

        return await _changed(store, job)

    show([with_store(data, database, work)], in_json)


@servers.command("set")
@click.argument("serverid")
@click.option(
    "--otp/--no-otp", "enabled", default=None, help="Whether one-time passwords are taken; at once."
)
@click.option("--otp-format", type=click.Choice(list(otp.FORMATS)), help="For accounts enrolled from now on.")
@of_store
@as_json
def set_server(
    serverid: str,
    enabled: bool | None,
    otp_format: str | None,
    data: Path,
    database: str | None,
    in_json: bool,
) -> None:
    """Change the server SERVERID."""

    def job(transaction: Transaction, by: audit.By) -> Row:
        found = _named(transaction, serverid)
        if enabled is not None:
            flags = [flag for flag in found.flags.split(",") if flag not in ("", "ENABLE_OTP")]
            found = dataclasses.replace(found, flags=",".join(flags + ["ENABLE_OTP"] * enabled))
        if otp_format is not None:
            found = dataclasses.replace(found, otp_format=otp_format)
        server_rows.update(transaction, found, by)
        return _server(found)

    show([with_store(data, database, lambda store, keys: _changed(store, job))], in_json)


@click.group()
def accounts() -> None:
    """The accounts of a server."""


@accounts.command("list")
@click.argument("serverid")
@click.option("--userid", help="Only this user's.")
@of_store
@as_json
def list_accounts(serverid: str, userid: str | None, data: Path, database: str | None, in_json: bool) -> None:
    """The accounts of the server SERVERID."""

    def job(transaction: Transaction) -> list[Row]:
        server = _named(transaction, serverid)
        listed: list[Row] = []
        while True:
            page = Page(limit=MOST, marker=len(listed))
            found, total = account_rows.pages(transaction, server.id, page, userid)
            listed += [_account(one) for one in found]
            if len(listed) >= total or not found:
                return listed

    show(with_store(data, database, lambda store, keys: store.read(job, one_moment=True)), in_json)


def _on_account(name: str, words: str) -> None:
    @accounts.command(name, help=words, short_help=words.partition(":")[0].rstrip(".") + ".")
    @click.argument("serverid")
    @click.argument("accountid", type=click.IntRange(0, (1 << 30) - 1))
    @of_store
    @as_json
    def command(serverid: str, accountid: int, data: Path, database: str | None, in_json: bool) -> None:
        def job(transaction: Transaction, by: audit.By) -> Row:
            server = _named(transaction, serverid)
            try:
                if name == "remove":
                    return _account(account_rows.remove(transaction, server.id, accountid, by))
                return _account(account_rows.block(transaction, server.id, accountid, name == "block", by))
            except ApiError:
                raise ValueError(f"the server has no account {accountid}; 'accounts list' has all") from None

        show([with_store(data, database, lambda store, keys: _changed(store, job))], in_json)


_on_account("block", "Block ACCOUNTID of SERVERID: its logins end, and no new one is taken.")
_on_account("unblock", "Let ACCOUNTID of SERVERID be used again.")
_on_account("remove", "Remove ACCOUNTID of SERVERID, its key with it.")


@click.group()
def keys() -> None:
    """The API keys."""


@keys.command("list")
@of_store
@as_json
def list_keys(data: Path, database: str | None, in_json: bool) -> None:
    """All API keys, without the keys."""

    def job(transaction: Transaction) -> list[Row]:
        rows = transaction.all(
            "SELECT k.id, k.description, k.role, r.permissions, k.created FROM apikeys k"
            " JOIN roles r ON r.name = k.role ORDER BY k.id"
        )
        names = ("id", "description", "role", "permissions", "created")
        return [dict(zip(names, [*row[:3], row[3].split(","), row[4]], strict=True)) for row in rows]

    show(with_store(data, database, lambda store, keys: store.read(job)), in_json)


@keys.command("add")
@click.argument("role")
@click.option("--permission", "permissions", multiple=True, type=click.Choice(roles.PERMISSIONS))
@click.option("--description", default="", help="What the key is for.")
@click.option("--everywhere", is_flag=True, help="A new role acts on all servers, not only on its own.")
@of_store
@as_json
def add_key(
    role: str,
    permissions: tuple[str, ...],
    description: str,
    everywhere: bool,
    data: Path,
    database: str | None,
    in_json: bool,
) -> None:
    """Make an API key for ROLE and show it, once; a new role needs its permissions."""

    def job(transaction: Transaction, by: audit.By) -> Row:
        if permissions:
            roles.add_role(transaction, role, list(dict.fromkeys(permissions)), everywhere, by)
        elif roles.role(transaction, role) is None:
            raise ValueError(
                f"no role is called {role} yet, and a new one needs to be told what it may do,"
                " as by --permission sessions (a login page); --help lists the others"
            )
        key = roles.add_key(transaction, role, description, by)
        return {"role": role, "description": description, "apikey": key}

    show([with_store(data, database, lambda store, keys: _changed(store, job))], in_json)


@keys.command("remove")
@click.argument("id", type=int)
@of_store
def remove_key(id: int, data: Path, database: str | None) -> None:
    """Remove the API key with that ID; within two seconds no worker takes it."""

    def job(transaction: Transaction, by: audit.By) -> bool:
        return roles.remove_key(transaction, id, by)

    if not with_store(data, database, lambda store, keys: _changed(store, job)):
        raise click.ClickException("There is no such key.")


async def _changed(store: Store, job: Callable[[Transaction, audit.By], T]) -> T:
    return await audit.change(store, int(time.time()), audit.COMMAND, job)


def _named(transaction: Transaction, serverid: str) -> server_rows.ServerRow:
    try:
        return server_rows.by_serverid(transaction, serverid_of(serverid))
    except ApiError:
        raise ValueError(f"no server has the id {serverid}; 'sparekey server servers list' has all") from None


def _server(row: server_rows.ServerRow) -> Row:
    return {
        "serverid": spelled(row.serverid),
        "name": row.name,
        "owner": row.owner,
        "flags": [flag for flag in row.flags.split(",") if flag],
        "otpFormat": row.otp_format,
    }


def _account(account: Any) -> Row:
    return {
        "id": account.id,
        "userid": account.userid if isinstance(account.userid, str) else None,
        "description": account.description,
        "blocked": account.blocked,
        "created": account.created,
        "lastlogin": account.lastlogin if isinstance(account.lastlogin, int) else None,
    }
