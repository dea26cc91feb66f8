"""Who calls: an API key has a role, a role has permissions, and the servers that it owns.

``root`` holds every permission. A role that is ``everywhere`` acts on all servers, any other on the
servers whose ``owner`` it is; what belongs to others is answered as if it were not there.
"""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import TypeVar

from sparekey.server.errors import ApiError
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Store, Transaction

from .servers import ServerRow, by_serverid

PERMISSIONS = ("root", "setrid", "servers", "createserver", "sessions", "accounts", "users")
ROOT = "root"
_FRESH = 2.0  # seconds that a key or a server is remembered: how long a removed key may still work
_REMEMBERED = 4096
_T = TypeVar("_T")


@dataclass(frozen=True)
class Role:
    """A named set of permissions."""

    name: str
    permissions: frozenset[str]
    everywhere: bool

    def may(self, *permissions: str) -> bool:
        """Whether it holds one of the permissions."""
        return ROOT in self.permissions or not self.permissions.isdisjoint(permissions)

    def sees(self, server: ServerRow) -> bool:
        """Whether a server is this role's."""
        return self.everywhere or server.owner == self.name


def role(transaction: Transaction, name: str) -> Role | None:
    """The role called ``name``."""
    row = transaction.one("SELECT name, permissions, everywhere FROM roles WHERE name = ?", name)
    return Role(row[0], frozenset(row[1].split(",")), bool(row[2])) if row else None


def add_role(
    transaction: Transaction, name: str, permissions: list[str], everywhere: bool, by: audit.By
) -> Role:
    """Writes a role; one that is there must have the same permissions (``already_there``)."""
    wanted = Role(name, frozenset(permissions), everywhere)
    found = role(transaction, name)
    if found is None:
        transaction.run(
            "INSERT INTO roles (name, permissions, everywhere) VALUES (?, ?, ?)",
            name,
            ",".join(sorted(permissions)),
            int(everywhere),
        )
        by.note("role", "made", f"{name}: {', '.join(sorted(permissions))}{' everywhere' * everywhere}")
    elif found != wanted:
        raise ApiError("already_there", "That role has other permissions.")
    return wanted


def add_key(transaction: Transaction, role_name: str, description: str, by: audit.By) -> str:
    """A new API key, 256 random bits; only its hash is kept."""
    key = secrets.token_urlsafe(32)
    hashed = key_hash(key.encode("ascii"))
    transaction.run(
        "INSERT INTO apikeys (hash, description, role, created) VALUES (?, ?, ?, ?)",
        hashed,
        description,
        role_name,
        by.now,
    )
    made = transaction.one("SELECT id FROM apikeys WHERE hash = ?", hashed)
    assert made is not None
    by.note("apikey", "made", f"{made[0]} of {role_name}")
    return key


def remove_key(transaction: Transaction, number: int, by: audit.By) -> bool:
    """Removes the API key with that number; whether there was one."""
    row = transaction.one("SELECT role FROM apikeys WHERE id = ?", number)
    if row is None or not transaction.run("DELETE FROM apikeys WHERE id = ?", number):
        return False
    by.note("apikey", "removed", f"{number} of {row[0]}")
    return True


def key_hash(key: bytes) -> bytes:
    """What the store keeps of an API key; it is random, so one round of SHA-256 hides it."""
    return hashlib.sha256(b"sparekey apikey\x00" + key).digest()


class Directory:
    """Roles by API key and servers by id, remembered for two seconds, so that a call needn't ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._roles: dict[bytes, tuple[float, Role]] = {}
        self._servers: dict[bytes, tuple[float, ServerRow]] = {}

    async def role_of(self, key: bytes) -> Role:
        """The role of an API key. Raises ``ApiError`` (``unauthorized``)."""
        hashed = key_hash(key)
        known = self._roles.get(hashed)
        now = time.monotonic()
        if known is None or known[0] < now:
            row = await self._store.read(
                lambda t: t.one(
                    "SELECT r.name, r.permissions, r.everywhere FROM apikeys k"
                    " JOIN roles r ON r.name = k.role WHERE k.hash = ?",
                    hashed,
                )
            )
            if row is None:
                self._roles.pop(hashed, None)
                raise ApiError("unauthorized")
            known = (now + _FRESH, Role(row[0], frozenset(row[1].split(",")), bool(row[2])))
            _remember(self._roles, hashed, known)
        return known[1]

    async def acting(self, caller: Role, name: str) -> Role:
        """The role to act as, which ``X-su`` names.

        Raises ``ApiError`` (``forbidden``) where the caller may not, or nobody is called so.
        """
        if not caller.may("setrid"):
            raise ApiError("forbidden", "X-su needs root or setrid.")
        other = await self._store.read(lambda t: role(t, name))
        # setrid must not be a way to become more than root's delegate
        if other is None or (ROOT in other.permissions and ROOT not in caller.permissions):
            raise ApiError("forbidden", "X-su names no role that you may act as.")
        return other

    async def server(self, serverid: bytes) -> ServerRow:
        """The server with that id, as it was at most two seconds ago. Raises ``not_found``."""
        known = self._servers.get(serverid)
        now = time.monotonic()
        if known is None or known[0] < now:
            found = await self._store.read(lambda t: by_serverid(t, serverid))
            known = (now + _FRESH, found)
            _remember(self._servers, serverid, known)
        return known[1]

    def forget(self) -> None:
        """Asks the store again: something of it was changed here."""
        self._roles.clear()
        self._servers.clear()


def _remember(known: dict[bytes, tuple[float, _T]], key: bytes, value: tuple[float, _T]) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[key] = value
