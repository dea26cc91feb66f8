"""How many accounts fit."""

from . import accounts, record
from .cipher import KEY, TAG

try:
    from .store import Store
except ImportError:
    pass

STANDING = 154
"""Bytes that header, key, tries, interval and the settings of ``settings.NAMES`` take after a compaction.

A number, so that their modules need not be loaded for it; ``tests/unit/vault`` holds it to them.
"""

SLACK = 32
"""Bytes beside what always stands that accounts leave to attempts and marks; compaction frees them."""

SLACK_ALONE = 800
"""The same where there is no second home to compact through."""

TYPICAL = record.OVERHEAD + accounts.HEAD + 4 + 8 + KEY + TAG
"""Bytes that an account with a name of eight bytes takes."""

SERVER_SIZE = record.OVERHEAD + accounts.SERVER_HEAD + TAG
"""Bytes that a server takes, without its name."""


def capacity(store: "Store") -> int:
    """Accounts there can be: those there, and more with names of eight bytes of servers that are known."""
    left = for_accounts(store)
    count = len(store.contents.accounts)
    if not count:
        left -= SERVER_SIZE + 8
    return min(record.ACCOUNTS, count + max(0, left // TYPICAL))


def for_accounts(store: "Store") -> int:
    """Bytes left for accounts and servers, after a compaction."""
    contents, homes = store.contents, store.homes
    size = STANDING + (SLACK if homes.second else SLACK_ALONE)
    numbers = set()
    for index in contents.accounts:
        payload = store.read(contents.accounts[index], record.ACCOUNT + index)
        if payload:
            size += record.OVERHEAD + len(payload)
            numbers.add(payload[0] & ~accounts.PIN)
    for number in numbers:
        payload = store.read(contents.servers[number], record.SERVER) if number in contents.servers else None
        if payload:
            size += record.OVERHEAD + len(payload)
    return homes.live_limit - size
