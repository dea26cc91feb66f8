"""The vault's key, and the PIN that it is locked with."""

from sparekey_token.core.errors import Refused

from . import cipher, record, stretch
from .contents import MAX_TRIES

try:
    from collections.abc import Callable, Generator

    from .store import Store
except ImportError:
    pass

WAITS = (0, 2, 5, 15, 60, 300, 900, 1800)
"""Seconds to wait before the next attempt, by the number of attempts since the last right one."""


class Lock:
    """Holds the vault's key while it is open; without a PIN it opens by itself."""

    def __init__(self, store: "Store", secret: bytes, random: "Callable[[int], bytes]", rounds: int) -> None:
        self._store = store
        self._secret = secret
        self._random = random
        self._rounds = rounds
        self._vault_key = bytearray()
        wrapped = self._wrapped()
        if wrapped is not None and not store.contents.pin:
            self._vault_key = bytearray(cipher.unwrap(secret, wrapped, b"") or b"")

    @property
    def open(self) -> bool:
        """Whether accounts can be used now; always so without a PIN."""
        return len(self._vault_key) > 0 or not self._store.contents.pin

    @property
    def tries_left(self) -> int:
        """PIN attempts left before everything is wiped."""
        return max(0, MAX_TRIES - self._store.contents.tries)

    @property
    def wait_seconds(self) -> int:
        """Seconds to wait before the next attempt, from the last one or from power-up."""
        return WAITS[min(self._store.contents.tries, len(WAITS) - 1)]

    def keys(self) -> cipher.Keys:
        """The keys while open, made anew from the vault's; ``Refused("locked" | "fault")``.

        An empty vault gets its key here.
        """
        contents = self._store.contents
        if contents.key is None and not contents.accounts:
            self._make_key()
        if not self._vault_key:
            if contents.pin:
                raise Refused("locked")
            raise Refused("fault", "the vault's key is damaged")
        return cipher.Keys(self._vault_key)

    def unlock(self, pin: str) -> "Generator[None, None, bool]":
        """Tries a PIN, yielding now and then; returns whether it was right. The last wrong one wipes.

        ``ValueError`` where it isn't 4 to 12 digits, which is no attempt; ``Refused("fault")``.
        """
        _check(pin)
        if not self._store.contents.pin:
            return True
        wrapped = self._wrapped()
        if wrapped is None:
            raise Refused("fault", "the vault's key is damaged")
        used = self._store.contents.tries + 1
        self._write_down(used)
        salt, rounds = cipher.stretching(wrapped)
        stretched = yield from stretch.stretch(pin, salt, rounds)
        vault_key = cipher.unwrap(self._secret, wrapped, stretched)
        if vault_key is None:
            if used >= MAX_TRIES:
                self.forget()
                self._store.wipe()
            return False
        self._write_down(0)
        self._vault_key = bytearray(vault_key)
        return True

    def change(self, new: str | None) -> "Generator[None, None, None]":
        """Wraps the vault's key under another PIN, or none, yielding now and then.

        ``ValueError`` where it isn't 4 to 12 digits; ``Refused("locked" | "fault")``.
        """
        if new is not None:
            _check(new)
        self.keys()
        salt = self._random(16)
        stretched = b""
        if new is not None:
            stretched = yield from stretch.stretch(new, salt, self._rounds)
        if not self._vault_key:
            raise Refused("locked")  # while the PIN was being stretched
        wrapped = cipher.wrap(self._secret, bytes(self._vault_key), stretched, salt, self._rounds)
        self._store.replace_key(wrapped)

    def forget(self) -> None:
        """Overwrites the vault's key in memory."""
        for place in range(len(self._vault_key)):
            self._vault_key[place] = 0
        self._vault_key = bytearray()

    def _make_key(self) -> None:
        vault_key = bytearray(self._random(cipher.KEY))
        wrapped = cipher.wrap(self._secret, bytes(vault_key), b"", self._random(16), self._rounds)
        self._store.make_room(record.OVERHEAD + len(wrapped))
        self._store.append(record.KEY, wrapped)
        self._vault_key = vault_key

    def _write_down(self, used: int) -> None:
        self._store.make_room(record.OVERHEAD + 1)
        self._store.append(record.TRIES, bytes((used,)))

    def _wrapped(self) -> bytes | None:
        """The KEY record's payload, None where there is none that can be read."""
        place = self._store.contents.key
        return None if place is None else self._store.read(place, record.KEY)


def _check(pin: str) -> None:
    if not 4 <= len(pin) <= 12 or any([digit not in "0123456789" for digit in pin]):
        raise ValueError("a PIN has 4 to 12 digits")
