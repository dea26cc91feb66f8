"""The vault's key while it is open; ``unlocking`` tries, sets and takes off the PIN that locks it."""

from sparekey_token.core.errors import Refused

from . import cipher, record
from .contents import MAX_TRIES

try:
    from collections.abc import Callable

    from .store import Store
except ImportError:
    pass

ROUNDS = 4000
"""Of PBKDF2: about a second on an RP2040, with the SHA-256 of its CircuitPython."""

WAITS = (0, 2, 5, 15, 60, 300, 900, 1800)
"""Seconds to wait before the next attempt, by the number of attempts since the last right one."""


class Lock:
    """Holds the vault's key while it is open; without a PIN it opens by itself."""

    def __init__(self, store: "Store", secret: bytes, random: "Callable[[int], bytes]", rounds: int) -> None:
        self.store = store
        self.secret = secret
        self.random = random
        self.rounds = rounds
        self.vault_key = bytearray()
        """Empty while it is locked."""
        wrapped = self.wrapped()
        if wrapped is not None and not store.contents.pin:
            from .wrapping import unwrap

            self.vault_key = bytearray(unwrap(secret, wrapped, b"") or b"")

    @property
    def open(self) -> bool:
        """Whether accounts can be used now; always so without a PIN."""
        return len(self.vault_key) > 0 or not self.store.contents.pin

    @property
    def tries_left(self) -> int:
        """PIN attempts left before everything is wiped."""
        return max(0, MAX_TRIES - self.store.contents.tries)

    @property
    def wait_seconds(self) -> int:
        """Seconds to wait before the next attempt, from the last one or from power-up."""
        return WAITS[min(self.store.contents.tries, len(WAITS) - 1)]

    def keys(self) -> cipher.Keys:
        """The keys while open, made anew from the vault's; ``Refused("locked" | "fault")``.

        An empty vault gets its key here.
        """
        contents = self.store.contents
        if contents.key is None and not contents.accounts:
            from .wrapping import make_key

            make_key(self)
        if not self.vault_key:
            if contents.pin:
                raise Refused("locked")
            raise Refused("fault", "the vault's key is damaged")
        return cipher.Keys(self.vault_key)

    def forget(self) -> None:
        """Overwrites the vault's key in memory."""
        for place in range(len(self.vault_key)):
            self.vault_key[place] = 0
        self.vault_key = bytearray()

    def wrapped(self) -> bytes | None:
        """The KEY record's payload, None where there is none that can be read."""
        place = self.store.contents.key
        return None if place is None else self.store.read(place, record.KEY)
