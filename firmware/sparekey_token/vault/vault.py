"""The vault: accounts, their servers, PIN, settings and the used interval, safe against cuts of power."""

import os
import struct

from sparekey_token.core.errors import Refused

from . import accounts, record
from .pin import ROUNDS, Lock
from .store import Store

try:
    from collections.abc import Callable, Generator, Iterator

    from .accounts import Account
    from .cipher import Keys
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
        rounds: int = ROUNDS,
    ) -> None:
        """Opens, replays and mends what a cut left; raises nothing for damage, ``OSError`` for ``memory``'s.

        ``secret`` is the device's own; ``rounds`` of PBKDF2 go into the next PIN that is set.
        """
        self._store = Store(memory, second, secret)
        self._lock = Lock(self._store, secret, random, rounds)
        self.wiping = self._store.wiped
        """This opening went on with a wipe that a cut had interrupted."""
        if not self._lock.tries_left:
            self.wiping = True
            self.wipe()

    @property
    def count(self) -> int:
        """Accounts in it."""
        return len(self._store.contents.accounts)

    @property
    def capacity(self) -> int:
        """Accounts it can hold: those in it, and more with names of eight bytes of servers it knows."""
        from .room import capacity

        return capacity(self._store)

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
        return self._lock.open

    @property
    def tries_left(self) -> int:
        """PIN attempts left before everything is wiped."""
        return self._lock.tries_left

    @property
    def wait_seconds(self) -> int:
        """Seconds to wait before the next attempt, from the last one or from power-up."""
        return self._lock.wait_seconds

    def server_key(self, server_id: bytes) -> bytes | None:
        """The server's X25519 public key as enrolment stored it, or None; locked or not."""
        for server in accounts.servers(self._store).values():
            if server.id == server_id:
                return bytes(server.public_key)
        return None

    def accounts(self, server_id: bytes | None = None) -> "Iterator[Account]":
        """All accounts or one server's, by index, to be gone through at once; ``Refused("locked")``."""
        if self.unlocked and not self.count:
            return iter(())
        return accounts.every(self._store, self._keys(), server_id)

    def account(self, index: int) -> "Account":
        """One account; ``Refused("locked" | "no_account" | "fault")``."""
        return accounts.account(self._store, self._keys(), index)

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
        from .adding import add

        return add(
            self._store, self._lock, (server_id, server_key, server), (name, reference, format, pin), key
        )

    def remove(self, index: int) -> None:
        """Removes an account; with a second home its record is gone from both when this returns."""
        self._keys()
        if index not in self._store.contents.accounts:
            raise Refused("no_account")
        from .compaction import remove

        remove(self._store, index)

    def wipe(self) -> None:
        """Overwrites everything: accounts, PIN, settings; locked or not. A cut is gone on with later."""
        self._lock.forget()
        self._store.wipe()

    def unlock(self, pin: str) -> "Generator[None, None, bool]":
        """Tries a PIN, yielding now and then; returns whether it was right.

        The attempt is on the medium before it is checked. The eighth wrong one in a row wipes.
        ``ValueError`` where it isn't 4 to 12 digits, which is no attempt; ``Refused("fault")``.
        """
        from .unlocking import unlock

        return unlock(self._lock, pin)

    def change_pin(self, new: str | None) -> "Generator[None, None, None]":
        """Sets, changes or (None) takes off the PIN, yielding now and then.

        ``ValueError`` where it isn't 4 to 12 digits; ``Refused("locked" | "fault")``.
        """
        from .unlocking import change

        return change(self._lock, new)

    def lock(self) -> None:
        """Forgets the vault's key, where a PIN can bring it back."""
        if self.has_pin:
            self._lock.forget()

    def setting(self, name: str, default: "int | None") -> "int | None":
        """A small number by its name, ``default`` where it was never set."""
        return self._store.contents.settings.get(name, default)

    def set_setting(self, name: str, value: int) -> None:
        """Stores a number of at most 32 bits, signed (``ValueError``)."""
        if self._store.contents.settings.get(name) != value:
            from .settings import encode

            payload = encode({name: value})[0]
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

    def _keys(self) -> "Keys":
        if self.unlocked and not self.count:
            raise Refused("no_account")  # nor is there a key, perhaps
        return self._lock.keys()
