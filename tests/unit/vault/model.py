"""What a vault should hold: a dict and a few numbers, and how to see whether one does."""

from dataclasses import dataclass, field, replace

import pytest

from sparekey_token.core.errors import Refused
from sparekey_token.vault import Vault
from sparekey_token.vault.settings import NAMES

from .boards import done


@dataclass(frozen=True)
class Enrolled:
    """One account, all of it."""

    server_id: bytes
    server_key: bytes
    server: str
    name: str
    reference: int
    format: str
    pin: bool
    key: bytes


@dataclass(frozen=True)
class Model:
    """The state of a vault."""

    accounts: dict[int, Enrolled] = field(default_factory=dict)
    pin: str | None = None
    tries: int = 0
    settings: dict[str, int] = field(default_factory=dict)
    interval: int = 0

    def add(self, index: int, account: Enrolled) -> "Model":
        """With another account."""
        return replace(self, accounts={**self.accounts, index: account})

    def remove(self, index: int) -> "Model":
        """Without one."""
        return replace(self, accounts={i: a for i, a in self.accounts.items() if i != index})

    def set(self, name: str, value: int) -> "Model":
        """With a setting."""
        return replace(self, settings={**self.settings, name: value})

    def seen_closed(self, vault: Vault) -> bool:
        """Whether the vault looks so from outside, without its PIN."""
        return (
            vault.has_pin == (self.pin is not None)
            and vault.tries_left == 8 - self.tries
            and vault.count == len(self.accounts)
            and vault.used_interval() == self.interval
            and all(vault.setting(name, None) == self.settings.get(name) for name in NAMES)
            and all(vault.server_key(a.server_id) == a.server_key for a in self.accounts.values())
        )

    def seen_open(self, vault: Vault) -> bool:
        """Whether the vault, open, holds just these accounts."""
        found = {
            a.index: Enrolled(
                a.server_id,
                vault.server_key(a.server_id) or b"",
                a.server,
                a.name,
                a.reference,
                a.format,
                a.pin,
                vault.key(a.index),
            )
            for a in vault.accounts()
        }
        return found == self.accounts

    def holds(self, vault: Vault) -> bool:
        """Whether a vault just powered up is in this state; the PIN is tried for it, which writes."""
        if not self.seen_closed(vault):
            return False
        if self.pin is not None:
            assert not vault.unlocked
            with pytest.raises(Refused, match="locked"):
                vault.accounts()
            try:
                if not done(vault.unlock(self.pin)):
                    return False
            except Refused as full:
                # without a second home the log is full one day: no attempt, no look inside
                assert full.detail == "the log is full, and has no second memory"  # noqa: PT017
                assert vault._store.homes.second is None
                return True
        return self.seen_open(vault)


def add(vault: Vault, account: Enrolled) -> int:
    """Stores an account; its index."""
    return vault.add(
        account.server_id,
        account.server_key,
        account.server,
        account.name,
        account.reference,
        account.format,
        account.pin,
        account.key,
    )
