"""Storing a new account, and its server where it is new."""

import struct

from sparekey_token.core.errors import Refused

from . import accounts, record, room
from .cipher import KEY

try:
    from .cipher import Keys
    from .pin import Lock
    from .store import Store
except ImportError:
    pass


def add(
    store: "Store",
    lock: "Lock",
    server: "tuple[bytes, bytes, str]",
    account: "tuple[str, int, str, bool]",
    key: bytes,
) -> int:
    """``Vault.add``: ``server`` is id, public key, name; ``account`` is name, reference, format, pin."""
    server_id, server_key, title = server
    name, reference, format, pin = account
    titled, named = title.encode("utf-8"), name.encode("utf-8")
    if len(server_id) != 8 or len(server_key) != 32 or len(key) != KEY or reference >> 30:
        raise ValueError("a part of the account has the wrong size")
    if max(len(titled), len(named)) > accounts.NAME or format not in accounts.FORMATS:
        raise ValueError("a name is too long or the format unknown")
    keys = lock.keys()
    number = _number_of(store, keys, server_id, server_key, reference)
    index = _free(store.contents.accounts)
    size = room.TYPICAL - 8 + len(named)
    if number < 0:
        size += room.SERVER_SIZE + len(titled)
    if index >= record.ACCOUNTS or size > room.for_accounts(store):
        raise Refused("vault_full")
    store.make_room(size, "vault_full")
    if number < 0:
        number = _free(store.contents.servers)
        store.append(record.SERVER, _server(keys, number, server_id, server_key, store.serial(), titled))
    head = bytes((number | (accounts.PIN if pin else 0),))
    plain = struct.pack(">I", accounts.FORMATS.index(format) << 30 | reference) + named
    store.append(record.ACCOUNT + index, _account(keys, index, head, store.serial(), plain, key))
    return index


def _number_of(store: "Store", keys: "Keys", server_id: bytes, server_key: bytes, reference: int) -> int:
    """The known server's number, -1 for a new server; ``Refused`` where the account can't be."""
    for server in accounts.servers(store).values():
        if server.id == server_id:
            if server.public_key != server_key:
                raise Refused("enrolment_refused", "the server had another key")
            for account in accounts.every(store, keys, server_id):
                if account.reference == reference:
                    raise Refused("enrolment_refused", "the account is there already")
            return int(server.number)
    return -1


def _server(
    keys: "Keys", number: int, server_id: bytes, public_key: bytes, serial: int, name: bytes
) -> bytes:
    """The payload of a SERVER record."""
    sealed = bytes((number,)) + server_id + public_key + struct.pack(">H", serial) + keys.name(serial, name)
    return sealed + keys.tag(record.SERVER, sealed)


def _account(keys: "Keys", index: int, head: bytes, serial: int, plain: bytes, key: bytes) -> bytes:
    """The payload of an ACCOUNT record; ``plain`` is format, reference and name."""
    sealed = head + struct.pack(">H", serial) + keys.name(serial, plain) + keys.account_key(serial, key)
    return sealed + keys.tag(record.ACCOUNT + index, sealed)


def _free(taken: "dict[int, int]") -> int:
    number = 0
    while number in taken:
        number += 1
    return number
