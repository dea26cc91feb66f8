"""The vault: accounts, their servers, PIN, settings and the used interval, safe against cuts of power."""

import os
import struct

from sparekey_token.core.errors import Refused

from . import accounts, cipher, contents, record, settings, stretch
from .store import Store

try:
    from collections.abc import Callable, Generator

    from .accounts import Account
except ImportError:
    pass


class Vault:
    """One vault in one memory, or two.

    All that changes it is on the medium when the call returns. ``Refused("fault")`` where a medium
    fails.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self,
        memory,
        second=None,
        *,
        secret: bytes = b"",
        random: "Callable[[int], bytes]" = os.urandom,
        rounds: int = stretch.ROUNDS,
    ) -> None:
        """Opens, replays and mends what a cut left; raises nothing for damage, ``OSError`` for ``memory``'s.

        ``secret`` is the device's own; ``rounds`` of PBKDF2 go into the next PIN that is set.
        """
        self._random = random
        self._secret = secret
        self._rounds = rounds
        self._store = Store(memory, second, secret)
        self._vault_key = bytearray()
        self.wiping = self._store.wiped
        """This opening went on with a wipe that a cut had interrupted."""
        if self._store.contents.tries >= contents.MAX_TRIES:
            self.wiping = True
            self.wipe()
        self._unlock_without_pin()

    @property
    def count(self) -> int:
        """Accounts in it."""
        return len(self._store.contents.accounts)

    @property
    def capacity(self) -> int:
        """Accounts it can hold: those in it, and more with names of eight bytes of servers it knows."""
        room = self._store.room_for_accounts
        if not self.count:
            room -= accounts.SERVER_SIZE + 8
        return min(record.ACCOUNTS, self.count + max(0, room // accounts.TYPICAL))

    @property
    def damaged(self) -> int:
        """Records found that couldn't be read; they are never used."""
        return self._store.lost + self._store.contents.damaged

    @property
    def leftovers(self) -> bool:
        """What was removed or replaced is still on the medium: there is no second home to compact through."""
        return self._store.contents.leftovers

    @property
    def has_pin(self) -> bool:
        """Whether a PIN is set."""
        return self._store.contents.pin

    @property
    def unlocked(self) -> bool:
        """Whether accounts can be used now; always so without a PIN."""
        return len(self._vault_key) > 0 or not self.has_pin

    @property
    def tries_left(self) -> int:
        """PIN attempts left before everything is wiped."""
        return max(0, contents.MAX_TRIES - self._store.contents.tries)

    @property
    def wait_seconds(self) -> int:
        """Seconds to wait before the next attempt, from the last one or from power-up."""
        return stretch.WAITS[min(self._store.contents.tries, len(stretch.WAITS) - 1)]

    def server_key(self, server_id: bytes) -> bytes | None:
        """The server's X25519 public key as enrolment stored it, or None; locked or not."""
        for server in accounts.servers(self._store).values():
            if server.id == server_id:
                return bytes(server.public_key)
        return None

    def accounts(self, server_id: bytes | None = None) -> "tuple[Account, ...]":
        """All accounts or one server's, by index; ``Refused("locked")``."""
        keys = self._keys()
        known = accounts.servers(self._store)
        found = []
        for index in sorted(self._store.contents.accounts):
            account = accounts.account(self._store, keys, known, index)
            if account is not None and (server_id is None or account.server_id == server_id):
                found.append(account)
        return tuple(found)

    def account(self, index: int) -> "Account":
        """One account; ``Refused("locked" | "no_account" | "fault")``."""
        keys = self._keys()
        accounts.payload_of(self._store, index)
        account = accounts.account(self._store, keys, accounts.servers(self._store), index)
        if account is None:
            raise Refused("fault", "the account's record is not genuine")
        return account

    def key(self, index: int) -> bytes:
        """A fresh copy of the 32-byte account key; ``Refused("locked" | "no_account" | "fault")``."""
        return accounts.key(self._store, self._keys(), index)

    def add(
        self,
        server_id: bytes,
        server_key: bytes,
        server: str,
        name: str,
        reference: int,
        format: str,
        pin: bool,
        key: bytes,
    ) -> int:
        """Stores a new account and returns its index.

        Raises ``Refused``: ``vault_full``; ``enrolment_refused`` for another key of a known server or
        a reference that is there; ``locked``; ``fault``. ``ValueError`` for what no account can be.
        """
        titled, named = server.encode("utf-8"), name.encode("utf-8")
        if len(server_id) != 8 or len(server_key) != 32 or len(key) != cipher.KEY or reference >> 30:
            raise ValueError("a part of the account has the wrong size")
        if max(len(titled), len(named)) > accounts.NAME or format not in accounts.FORMATS:
            raise ValueError("a name is too long or the format unknown")
        keys = self._keys(make=True)
        store = self._store
        number = self._number_of(server_id, server_key, reference)
        index = _free(store.contents.accounts)
        size = accounts.TYPICAL - 8 + len(named)
        if number < 0:
            size += accounts.SERVER_SIZE + len(titled)
        if index >= record.ACCOUNTS or size > store.room_for_accounts:
            raise Refused("vault_full")
        store.make_room(size)
        if number < 0:
            number = _free(store.contents.servers)
            sealed = accounts.seal_server(keys, number, server_id, server_key, store.serial(), titled)
            store.append(record.SERVER, sealed)
        sealed = accounts.seal_account(
            keys, index, number, pin, store.serial(), (format, reference, named), key
        )
        store.append(record.ACCOUNT + index, sealed)
        return index

    def remove(self, index: int) -> None:
        """Removes an account; with a second home its record is gone from both when this returns."""
        self._keys()
        if index not in self._store.contents.accounts:
            raise Refused("no_account")
        if self._store.homes.second is not None:
            self._store.compact(without=index)
        else:
            self._store.make_room(record.OVERHEAD + 1)
            self._store.append(record.REMOVED, bytes((index,)))

    def wipe(self) -> None:
        """Overwrites everything: accounts, PIN, settings; locked or not. A cut is gone on with later."""
        self._forget()
        self._store.wipe()

    def unlock(self, pin: str) -> "Generator[None, None, bool]":
        """Tries a PIN, yielding now and then; returns whether it was right.

        The attempt is on the medium before it is checked. The eighth wrong one in a row wipes.
        ``ValueError`` where it isn't 4 to 12 digits, which is no attempt; ``Refused("fault")``.
        """
        _check(pin)
        wrapped = self._wrapped()
        if not self.has_pin:
            return True
        if wrapped is None:
            raise Refused("fault", "the vault's key is damaged")
        used = self._store.contents.tries + 1
        self._tried(used)
        salt, rounds = cipher.stretching(wrapped)
        stretched = yield from stretch.stretch(pin, salt, rounds)
        vault_key = cipher.unwrap(self._secret, wrapped, stretched)
        if vault_key is None:
            if used >= contents.MAX_TRIES:
                self.wipe()
            return False
        self._tried(0)
        self._vault_key = bytearray(vault_key)
        return True

    def change_pin(self, new: str | None) -> "Generator[None, None, None]":
        """Sets, changes or (None) takes off the PIN, yielding now and then; ``Refused("locked")``.

        ``ValueError`` where it isn't 4 to 12 digits.
        """
        if new is not None:
            _check(new)
        self._keys(make=True)
        salt = self._random(16)
        stretched = b""
        if new is not None:
            stretched = yield from stretch.stretch(new, salt, self._rounds)
        if not self._vault_key:
            raise Refused("locked")  # while the PIN was being stretched
        wrapped = cipher.wrap(self._secret, bytes(self._vault_key), stretched, salt, self._rounds)
        if self._store.homes.second is not None:
            self._store.compact(key=wrapped)
        else:
            self._store.make_room(record.OVERHEAD + len(wrapped))
            self._store.append(record.KEY, wrapped)

    def lock(self) -> None:
        """Forgets the vault's key, where a PIN can bring it back."""
        if self.has_pin:
            self._forget()

    def setting(self, name: str, default: "int | None") -> "int | None":
        """A small number by its name, ``default`` where it was never set."""
        return self._store.contents.settings.get(name, default)

    def set_setting(self, name: str, value: int) -> None:
        """Stores a number of at most 32 bits, signed; ``ValueError`` for another, ``Refused("vault_full")``."""
        if self._store.contents.settings.get(name) != value:
            payload = settings.encode({name: value})[0]
            self._store.make_room(record.OVERHEAD + len(payload))
            self._store.append(record.SETTINGS, payload)

    def used_interval(self) -> int:
        """The highest OTP interval used, 0 for none: the clock must not step back over it."""
        return self._store.contents.interval

    def use_interval(self, t: int) -> None:
        """Marks an interval as used, where it is higher than any before."""
        if t > self._store.contents.interval:
            self._store.make_room(record.OVERHEAD + 4)
            self._store.append(record.INTERVAL, struct.pack(">I", t))

    def _tried(self, used: int) -> None:
        try:
            self._store.make_room(record.OVERHEAD + 1)
        except Refused:
            raise Refused("fault", "no room to write the attempt down")
        self._store.append(record.TRIES, bytes((used,)))

    def _wrapped(self) -> bytes | None:
        """The KEY record's payload, None where there is none that can be read."""
        place = self._store.contents.key
        return None if place is None else self._store.read(place, record.KEY)

    def _keys(self, make: bool = False) -> cipher.Keys:
        """The keys while unlocked, ``make`` for an empty vault too; ``Refused("locked" | "fault")``."""
        if make and self._store.contents.key is None and not self.count:
            self._store.make_room(record.OVERHEAD + cipher.WRAPPED)
            self._vault_key = bytearray(self._random(cipher.KEY))
            wrapped = cipher.wrap(self._secret, bytes(self._vault_key), b"", self._random(16), self._rounds)
            self._store.append(record.KEY, wrapped)
        if not self._vault_key:
            if self.has_pin:
                raise Refused("locked")
            if self.count or make:
                raise Refused("fault", "the vault's key is damaged")
        return cipher.Keys(self._vault_key)

    def _unlock_without_pin(self) -> None:
        wrapped = self._wrapped()
        if wrapped is not None and not cipher.has_pin(wrapped):
            vault_key = cipher.unwrap(self._secret, wrapped, b"")
            if vault_key is not None:
                self._vault_key = bytearray(vault_key)

    def _forget(self) -> None:
        for place in range(len(self._vault_key)):
            self._vault_key[place] = 0
        self._vault_key = bytearray()

    def _number_of(self, server_id: bytes, server_key: bytes, reference: int) -> int:
        """The known server's number, -1 for a new server; ``Refused`` where the account can't be."""
        for server in accounts.servers(self._store).values():
            if server.id == server_id:
                if server.public_key != server_key:
                    raise Refused("enrolment_refused", "the server had another key")
                for account in self.accounts(server_id):
                    if account.reference == reference:
                        raise Refused("enrolment_refused", "the account is there already")
                return int(server.number)
        return -1


def _check(pin: str) -> None:
    if not 4 <= len(pin) <= 12 or any([digit not in "0123456789" for digit in pin]):
        raise ValueError("a PIN has 4 to 12 digits")


def _free(taken: "dict[int, int]") -> int:
    number = 0
    while number in taken:
        number += 1
    return number
