"""Servers: what each login service is called, shows and allows."""

import base64
import binascii
import dataclasses

from msgspec import UNSET

from sparekey.server.accounts import servers
from sparekey.server.accounts.roles import Role
from sparekey.server.accounts.servers import ServerRow
from sparekey.server.errors import ApiError
from sparekey.server.http.dispatch import spelled
from sparekey.server.http.operation import Call, operation
from sparekey.server.monitoring import audit
from sparekey.server.objects import Server, ServerChange, Servers
from sparekey.server.store import paging
from sparekey.server.store.interface import Transaction
from sparekey_token.core import otp, payload

_FIELDS = {
    "serverName": "name",
    "pinTimeout": "pin_timeout",
    "pinTransTimeout": "pin_trans_timeout",
    "pingTime": "ping_time",
    "appandroid": "appandroid",
    "appios": "appios",
    "appname": "appname",
    "appurl": "appurl",
    "siteurl": "siteurl",
}
_COLUMNS = {
    "serverName": paging.Column("v.name"),
    "owner": paging.Column("v.owner"),
    "otpFormat": paging.Column("v.otp_format"),
    "created": paging.Column("v.created", True),
    "id": paging.Column("v.id", True),
}


@operation("GET", "/servers/", "servers", "createserver", query=paging.Page, answer=Servers)
async def list_servers(call: Call) -> Servers:
    """The servers that the caller's role sees."""

    def job(transaction: Transaction) -> Servers:
        source, values = "FROM servers v WHERE 1 = 1", []
        if not call.role.everywhere:
            source, values = "FROM servers v WHERE v.owner = ?", [call.role.name]
        rows, total = paging.page(transaction, source, list(values), _COLUMNS, call.query, "id")
        found = [servers.by_number(transaction, row[-1]) for row in rows]
        return Servers([shown(transaction, server, call) for server in found], total)

    return await call.service.store.read(job)


@operation("POST", "/servers/", "createserver", body=ServerChange, answer=Server)
async def create_server(call: Call) -> Server:
    """Make a server; its id and key pair are made here."""
    change: ServerChange = call.body
    if change.serverName is UNSET:
        raise ApiError("bad_request", "Body: serverName is missing.")

    def job(transaction: Transaction, by: audit.By) -> Server:
        # sealed here, so that a rotation of the master key finds it in the store or not yet begun
        row = servers.fresh(call.service.keys, str(change.serverName), call.role.name, call.service.now())
        row = _changed(row, change, call.role)
        return shown(transaction, servers.insert(transaction, row, by), call)

    made = await call.change(job)
    call.service.directory.forget()
    return made


@operation("GET", "/servers/{serverid}/", "servers", "createserver", "sessions", answer=Server)
async def get_server(call: Call) -> Server:
    """One server."""
    return await call.service.store.read(lambda t: shown(t, servers.by_number(t, call.server.id), call))


@operation(
    "PUT",
    "/servers/{serverid}/",
    "createserver",
    body=ServerChange,
    answer=Server,
    codes=("fixed_field",),
)
async def change_server(call: Call) -> Server:
    """Change a server; serverid and serverpk stay."""
    change: ServerChange = call.body

    def job(transaction: Transaction, by: audit.By) -> Server:
        row = servers.by_number(transaction, call.server.id)
        for given, fixed in (
            (change.serverid, spelled(row.serverid)),
            (change.serverpk, _base64(row.public_key)),
        ):
            if given is not UNSET and str(given).rstrip("=").replace("+", "-").replace(
                "/", "_"
            ) != fixed.rstrip("=").replace("+", "-").replace("/", "_"):
                raise ApiError("fixed_field")
        row = _changed(row, change, call.role)
        servers.update(transaction, row, by)
        return shown(transaction, row, call)

    changed = await call.change(job)
    call.service.directory.forget()
    return changed


def shown(transaction: Transaction, row: ServerRow, call: Call) -> Server:
    """A server as the API shows it."""
    count = transaction.one("SELECT count(*) FROM accounts WHERE server = ? AND active = 1", row.id)
    last = transaction.one(
        "SELECT at FROM audit WHERE server = ? AND outcome = 'accepted' ORDER BY id DESC LIMIT 1", row.id
    )
    return Server(
        serverid=spelled(row.serverid),
        serverpk=_base64(row.public_key),
        serverName=row.name,
        logo=_base64(row.logo),
        pinTimeout=row.pin_timeout,
        pinTransTimeout=row.pin_trans_timeout,
        pingTime=row.ping_time,
        serverFlags=[flag for flag in row.flags.split(",") if flag],
        otpFormat=row.otp_format,
        owner=row.owner,
        wsurl=call.service.addresses.live,
        accountCount=int(count[0]) if count else 0,
        appandroid=row.appandroid,
        appios=row.appios,
        appname=row.appname,
        appurl=row.appurl,
        siteurl=row.siteurl,
        lastLogin=int(last[0]) if last else UNSET,
    )


def _changed(row: ServerRow, change: ServerChange, role: Role) -> ServerRow:
    """``row`` with what was sent. Raises ``ApiError`` (``bad_request``)."""
    values: dict[str, object] = {
        column: getattr(change, name)
        for name, column in _FIELDS.items()
        if getattr(change, name) is not UNSET
    }
    if change.serverName is not UNSET:
        _check_name(str(change.serverName))
    if change.logo is not UNSET:
        try:
            values["logo"] = base64.b64decode(str(change.logo), validate=True)
        except (binascii.Error, ValueError):
            raise ApiError("bad_request", "Body: logo is not base64.") from None
    if change.serverFlags is not UNSET:
        values["flags"] = ",".join(dict.fromkeys(change.serverFlags))
    if change.otpFormat is not UNSET:
        if change.otpFormat not in otp.FORMATS:
            raise ApiError("bad_request", "Body: otpFormat is none of " + ", ".join(otp.FORMATS) + ".")
        values["otp_format"] = change.otpFormat
    if change.owner is not UNSET and change.owner != row.owner:
        if not role.everywhere:
            raise ApiError("forbidden", "Only a role for all servers may give one away.")
        values["owner"] = change.owner
    for value in values.values():
        if isinstance(value, str) and not value.isprintable():
            raise ApiError("bad_request", "Body: all texts must be printable.")
    return dataclasses.replace(row, **values)  # type: ignore[arg-type]


def _check_name(name: str) -> None:
    if len(name.encode("utf-8", "surrogatepass")) > payload.MAX_SERVER_NAME or not name.isprintable():
        raise ApiError("bad_request", "Body: serverName has at most 24 bytes of UTF-8, all printable.")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
