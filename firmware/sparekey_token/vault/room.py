"""How many accounts fit."""

from . import accounts, record
from .cipher import KEY, TAG

try:
    from .store import Store
except ImportError:
    pass

STANDING = 152
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
    for place in contents.accounts.values():
        found = homes.at(place)
        if found:
            size += record.OVERHEAD + len(found[1])
            numbers.add(found[1][0] & ~accounts.PIN)
    for number in numbers:
        found = homes.at(contents.servers[number]) if number in contents.servers else None
        if found:
            size += record.OVERHEAD + len(found[1])
    return homes.live_limit - size
