"""Accounts and servers: how their records are found and read; ``adding`` writes them."""

import struct
from collections import namedtuple

from sparekey_token.core.errors import Refused

from . import cipher, record

try:
    from collections.abc import Iterator

    from .cipher import Keys
    from .store import Store
except ImportError:
    pass

Account = namedtuple("Account", ("index", "server_id", "server", "name", "reference", "format", "pin"))
"""``server`` and ``name`` as shown, ``server_id`` 8 bytes, ``reference`` 30 bits, ``pin`` a bool."""

Server = namedtuple("Server", ("number", "id", "public_key"))

NAME = 24
"""Bytes of a server's or an account's name at most, in UTF-8 (docs/protocol.md §2)."""

FORMATS = ("crock32-30", "crock32-40", "crock32-60", "decimal-30")
"""By the two bits that a record has for it; numbers never change their meaning."""

HEAD = 3
SERVER_HEAD = 43
"""Bytes of an account's and a server's payload before what is encrypted."""

PIN = 0x80
"""Bit 7 of an account record's first byte: the server was told that the token asks for a PIN."""


def payload_of(store: "Store", index: int) -> bytes:
    """The payload of the account at ``index``; ``Refused("no_account" | "fault")``."""
    if index not in store.contents.accounts:
        raise Refused("no_account")
    payload = store.read(store.contents.accounts[index], record.ACCOUNT + index)
    if payload is None:
        raise Refused("fault", "the account's record is damaged")
    return payload


def key(store: "Store", keys: "Keys", index: int) -> bytes:
    """The account key; ``Refused("no_account" | "fault")``."""
    payload = payload_of(store, index)
    if not keys.genuine(record.ACCOUNT + index, payload):
        raise Refused("fault", "the account's record is not genuine")
    return keys.account_key(_serial(payload, 1), payload[-cipher.KEY - cipher.TAG : -cipher.TAG])


def servers(store: "Store") -> "dict[int, Server]":
    """The servers of the accounts that are there, by number."""
    found: dict[int, Server] = {}
    for index in store.contents.accounts:
        account = store.read(store.contents.accounts[index], record.ACCOUNT + index)
        number = -1 if account is None else account[0] & ~PIN
        if number not in found and number in store.contents.servers:
            payload = store.read(store.contents.servers[number], record.SERVER)
            if payload is not None:
                found[number] = Server(number, payload[1:9], payload[9:41])
    return found


def every(store: "Store", keys: "Keys", server_id: bytes | None = None) -> "Iterator[Account]":
    """All accounts or one server's, by index; what is damaged is left out."""
    number, server = -1, None
    for index in sorted(store.contents.accounts):
        payload = store.read(store.contents.accounts[index], record.ACCOUNT + index)
        if payload is None:
            continue
        if payload[0] & ~PIN != number:  # most are the last one's server's
            number = payload[0] & ~PIN
            server = _server(store, keys, number)
        if server is not None and server_id in (None, server[0]):
            found = _account(keys, index, payload, server)
            if found is not None:
                yield found


def account(store: "Store", keys: "Keys", index: int) -> Account:
    """The account at ``index``; ``Refused("no_account" | "fault")``."""
    payload = payload_of(store, index)
    server = _server(store, keys, payload[0] & ~PIN)
    found = None if server is None else _account(keys, index, payload, server)
    if found is None:
        raise Refused("fault", "the account's record is not genuine")
    return found


def _server(store: "Store", keys: "Keys", number: int) -> "tuple[bytes, str] | None":
    """A server's id and name, None where its record is damaged."""
    place = store.contents.servers.get(number)
    payload = None if place is None else store.read(place, record.SERVER)
    if payload is None or not keys.genuine(record.SERVER, payload):
        return None
    name = keys.name(_serial(payload, 41), payload[SERVER_HEAD : -cipher.TAG])
    return payload[1:9], name.decode("utf-8")


def _account(keys: "Keys", index: int, payload: bytes, server: "tuple[bytes, str]") -> Account | None:
    """The account with its names, None where its record is damaged."""
    if not keys.genuine(record.ACCOUNT + index, payload):
        return None
    named = keys.name(_serial(payload, 1), payload[HEAD : -cipher.KEY - cipher.TAG])
    number = struct.unpack(">I", named[:4])[0]
    return Account(
        index,
        server[0],
        server[1],
        named[4:].decode("utf-8"),
        number & 0x3FFFFFFF,
        FORMATS[number >> 30],
        payload[0] & PIN != 0,
    )


def _serial(payload: bytes, place: int) -> int:
    return payload[place] << 8 | payload[place + 1]
