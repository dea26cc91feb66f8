"""Accounts and servers: how their records are spelled, found and added."""

import struct
from collections import namedtuple

from sparekey_token.core.errors import Refused

from . import cipher, record

try:
    from .cipher import Keys
    from .store import Store
except ImportError:
    pass

Account = namedtuple("Account", ("index", "server_id", "server", "name", "reference", "format", "pin"))
"""``server`` and ``name`` as shown, ``server_id`` 8 bytes, ``reference`` 30 bits, ``pin`` a bool."""

Server = namedtuple("Server", ("number", "id", "public_key", "payload"))

NAME = 24
"""Bytes of a server's or an account's name at most, in UTF-8 (docs/protocol.md §2)."""

FORMATS = ("crock32-30", "crock32-40", "crock32-60", "decimal-30")
"""By the two bits that a record has for it; numbers never change their meaning."""

_HEAD = 3
_SERVER_HEAD = 43

TYPICAL = record.OVERHEAD + _HEAD + 4 + 8 + cipher.KEY + cipher.TAG
"""Bytes that an account with a name of eight bytes takes."""

SERVER_SIZE = record.OVERHEAD + _SERVER_HEAD + cipher.TAG
"""Bytes that a server takes, without its name."""

_PIN = 0x80


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
        number = -1 if account is None else account[0] & ~_PIN
        if number not in found and number in store.contents.servers:
            payload = store.read(store.contents.servers[number], record.SERVER)
            if payload is not None:
                found[number] = Server(number, payload[1:9], payload[9:41], payload)
    return found


def account(
    store: "Store", keys: "Keys", known: "dict[int, Server]", index: int, server_id: bytes | None = None
) -> Account | None:
    """The account at ``index`` with its names.

    None where it is of another server than ``server_id``, or its record or its server's is damaged.
    """
    payload = store.read(store.contents.accounts[index], record.ACCOUNT + index)
    server = None if payload is None else known.get(payload[0] & ~_PIN)
    if payload is None or server is None or (server_id is not None and server.id != server_id):
        return None
    if not keys.genuine(record.ACCOUNT + index, payload) or not keys.genuine(record.SERVER, server.payload):
        return None
    named = keys.name(_serial(payload, 1), payload[_HEAD : -cipher.KEY - cipher.TAG])
    number = struct.unpack(">I", named[:4])[0]
    return Account(
        index,
        server.id,
        keys.name(_serial(server.payload, 41), server.payload[_SERVER_HEAD : -cipher.TAG]).decode("utf-8"),
        named[4:].decode("utf-8"),
        number & 0x3FFFFFFF,
        FORMATS[number >> 30],
        payload[0] & _PIN != 0,
    )


def seal_server(
    keys: "Keys", number: int, server_id: bytes, public_key: bytes, serial: int, name: bytes
) -> bytes:
    """The payload of a SERVER record."""
    sealed = bytes((number,)) + server_id + public_key + struct.pack(">H", serial) + keys.name(serial, name)
    return sealed + keys.tag(record.SERVER, sealed)


def seal_account(
    keys: "Keys", index: int, number: int, pin: bool, serial: int, named: "tuple[str, int, bytes]", key: bytes
) -> bytes:
    """The payload of an ACCOUNT record; ``named`` is format, reference and name."""
    head = bytes((number | (_PIN if pin else 0),)) + struct.pack(">H", serial)
    plain = struct.pack(">I", FORMATS.index(named[0]) << 30 | named[1]) + named[2]
    sealed = head + keys.name(serial, plain) + keys.account_key(serial, key)
    return sealed + keys.tag(record.ACCOUNT + index, sealed)


def _serial(payload: bytes, place: int) -> int:
    return payload[place] << 8 | payload[place + 1]
