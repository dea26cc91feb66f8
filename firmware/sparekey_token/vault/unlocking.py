"""Trying, setting and taking off the PIN."""

from sparekey_token.core.errors import Refused

from . import record, stretch, wrapping
from .contents import MAX_TRIES

try:
    from collections.abc import Generator

    from .pin import Lock
except ImportError:
    pass


def unlock(lock: "Lock", pin: str) -> "Generator[None, None, bool]":
    """Tries a PIN, yielding now and then; returns whether it was right. The last wrong one wipes.

    ``ValueError`` where it isn't 4 to 12 digits, which is no attempt; ``Refused("fault")``.
    """
    _check(pin)
    if not lock.store.contents.pin:
        return True
    wrapped = lock.wrapped()
    if wrapped is None:
        raise Refused("fault", "the vault's key is damaged")
    used = lock.store.contents.tries + 1
    if used > MAX_TRIES:  # the wipe that was due has failed
        lock.forget()
        lock.store.wipe()
        return False
    # for both: an attempt that couldn't be forgiven isn't made
    lock.store.make_room(2 * (record.OVERHEAD + 1))
    _write_down(lock, used)
    salt, rounds = wrapping.stretching(wrapped)
    stretched = yield from stretch.stretch(pin, salt, rounds)
    vault_key = wrapping.unwrap(lock.secret, wrapped, stretched)
    if vault_key is None:
        if used >= MAX_TRIES:
            lock.forget()
            lock.store.wipe()
        return False
    _write_down(lock, 0)
    lock.vault_key = bytearray(vault_key)
    return True


def change(lock: "Lock", new: str | None) -> "Generator[None, None, None]":
    """Wraps the vault's key under another PIN, or none, yielding now and then.

    ``ValueError`` where it isn't 4 to 12 digits; ``Refused("locked" | "fault")``.
    """
    if new is not None:
        _check(new)
    lock.keys()
    salt = lock.random(16)
    stretched = b""
    if new is not None:
        stretched = yield from stretch.stretch(new, salt, lock.rounds)
    if not lock.vault_key:
        raise Refused("locked")  # while the PIN was being stretched
    wrapped = wrapping.wrap(lock.secret, bytes(lock.vault_key), stretched, salt, lock.rounds)
    if lock.store.homes.second is None:
        wrapping.append(lock.store, wrapped)
    else:
        from . import compaction

        compaction.compact(lock.store, wrapped)


def _write_down(lock: "Lock", used: int) -> None:
    lock.store.make_room(record.OVERHEAD + 1)
    lock.store.append(record.TRIES, bytes((used,)))


def _check(pin: str) -> None:
    if not 4 <= len(pin) <= 12 or any([digit not in "0123456789" for digit in pin]):
        raise ValueError("a PIN has 4 to 12 digits")
