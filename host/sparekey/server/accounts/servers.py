"""The servers of the service: their rows, their key pairs, how they are made."""

import secrets
from dataclasses import dataclass, fields

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sparekey.server.errors import ApiError
from sparekey.server.keys.master_key import MasterKeys, of_server
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Row, Transaction


@dataclass
class ServerRow:
    """A row of ``servers``; ``id`` is the database's number, ``flags`` a comma-separated list."""

    id: int
    serverid: bytes
    public_key: bytes
    sealed_key: bytes
    name: str
    logo: bytes
    pin_timeout: int
    pin_trans_timeout: int
    ping_time: int
    flags: str
    otp_format: str
    owner: str
    appandroid: str
    appios: str
    appname: str
    appurl: str
    siteurl: str
    created: int

    def has(self, flag: str) -> bool:
        """Whether a flag is set."""
        return flag in self.flags.split(",")


COLUMNS = ", ".join(field.name for field in fields(ServerRow))
CHANGEABLE = tuple(
    field.name
    for field in fields(ServerRow)
    if field.name not in ("id", "serverid", "public_key", "sealed_key", "created")
)

_TOLD = ("name", "pin_timeout", "pin_trans_timeout", "otp_format", "owner")
_HYPHEN = 62  # the number of "-" in URL-safe base64 (RFC 4648 §5)


def fresh(keys: MasterKeys, name: str, owner: str, now: int) -> ServerRow:
    """A server with a new id and X25519 key pair, its other settings at their defaults."""
    serverid = _fresh_id()
    private = X25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return ServerRow(
        id=0,
        serverid=serverid,
        public_key=private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        sealed_key=keys.seal(raw, of_server(serverid)),
        name=name,
        logo=b"",
        pin_timeout=-1,
        pin_trans_timeout=0,
        ping_time=60,
        flags="ENABLE_OTP",
        otp_format="crock32-30",
        owner=owner,
        appandroid="",
        appios="",
        appname="",
        appurl="",
        siteurl="",
        created=now,
    )


def _fresh_id() -> bytes:
    """A random id whose text (URL-safe base64) no command line takes for an option."""
    while True:
        serverid = secrets.token_bytes(8)
        if serverid[0] >> 2 != _HYPHEN:
            return serverid


def insert(transaction: Transaction, server: ServerRow, by: audit.By) -> ServerRow:
    """Writes a fresh server; answers it with its number."""
    names = [field.name for field in fields(ServerRow) if field.name != "id"]
    transaction.run(
        f"INSERT INTO servers ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        *[getattr(server, name) for name in names],
    )
    made = by_serverid(transaction, server.serverid)
    by.note("server", "made", f"{made.name}, of {made.owner}", server=made.id)
    return made


def update(transaction: Transaction, server: ServerRow, by: audit.By) -> None:
    """Writes all that can change of a server."""
    changes = _changes(by_number(transaction, server.id), server)
    if changes:
        by.note("server", "changed", ", ".join(changes), server=server.id)
    transaction.run(
        f"UPDATE servers SET {', '.join(f'{name} = ?' for name in CHANGEABLE)} WHERE id = ?",
        *[getattr(server, name) for name in CHANGEABLE],
        server.id,
    )


def _changes(before: ServerRow, after: ServerRow) -> list[str]:
    """What differs, in words: a flag on or off, what decides about logins with its value, else the name."""
    flags = [set(row.flags.split(",")) - {""} for row in (before, after)]
    said = [f"{flag} {'on' if flag in flags[1] else 'off'}" for flag in sorted(flags[0] ^ flags[1])]
    for name in CHANGEABLE:
        value = getattr(after, name)
        if name != "flags" and value != getattr(before, name):
            said.append(f"{name} {value}" if name in _TOLD else name)
    return said


def by_serverid(transaction: Transaction, serverid: bytes) -> ServerRow:
    """The server with that id. Raises ``ApiError`` (``not_found``)."""
    row = transaction.one(f"SELECT {COLUMNS} FROM servers WHERE serverid = ?", serverid)
    return _known(row)


def by_number(transaction: Transaction, number: int) -> ServerRow:
    """The server with that number. Raises ``ApiError`` (``not_found``)."""
    return _known(transaction.one(f"SELECT {COLUMNS} FROM servers WHERE id = ?", number))


def every(transaction: Transaction) -> list[ServerRow]:
    """All servers, the oldest first."""
    return [of_row(row) for row in transaction.all(f"SELECT {COLUMNS} FROM servers ORDER BY id")]


def of_row(row: Row) -> ServerRow:
    """A row that was selected with ``COLUMNS``."""
    server = ServerRow(*row)
    for name in ("serverid", "public_key", "sealed_key", "logo"):
        setattr(server, name, bytes(getattr(server, name)))
    return server


def _known(row: Row | None) -> ServerRow:
    if row is None:
        raise ApiError("not_found")
    return of_row(row)
