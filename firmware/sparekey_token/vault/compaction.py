"""Compaction: a new generation of what is live, and what is done by one."""

from sparekey_token.core.errors import Refused

from . import generation, record
from .contents import Contents
from .live import live
from .replay import replay

try:
    from .store import Store
except ImportError:
    pass


def compact(store: "Store", key: bytes | None = None, without: int = -1) -> None:
    """Makes a new generation of what is live; ``key`` and ``without`` as in ``live``.

    In the second home first, then in the first. ``Refused("fault")`` where the second home fails, which
    leaves the log as it was. Needs a second home.
    """
    store.start()
    old = store.contents
    homes = store.homes
    second = homes.second
    fresh = Contents()
    try:
        records = live(old, homes, key, without)
        if old.mended:
            records = iter(list(records))  # the second home is erased first
        if second is None:
            raise OSError("compaction needs a second home")
        generation.begin(second, max(homes.first.seq, second.seq) + 1)
        generation.fill(second, records)
        try:
            generation.commit(second, old.serial)
        finally:
            second.valid = True  # perhaps, even where it couldn't be read back
        generation.copy(homes.first, second, homes.step)
        replay(fresh, homes)
    except OSError:
        raise Refused("fault", "the vault's second memory fails")
    store.lost += old.damaged + len(old.accounts) - len(fresh.accounts) - (without in old.accounts)
    store.contents = fresh


def remove(store: "Store", index: int) -> None:
    """Removes an account; with a second home its record is gone then."""
    if store.homes.second is not None:
        compact(store, without=index)
    else:
        store.make_room(record.OVERHEAD + 1)
        store.append(record.REMOVED, bytes((index,)))
