"""Reseals every key under the highest master key, a bite at a time, while workers go on."""

from sparekey.server.errors import StoreUnavailable
from sparekey.server.store.interface import Store, Transaction

from .master_key import MasterKeys, of_account, of_server

_BITE = 200  # rows
_FIRST = (-1, -1)


async def reseal(store: Store, keys: MasterKeys) -> int:
    """Reseals what is under an older master key; answers how many keys that were.

    Raises ``KeyFault`` where one doesn't open, and ``StoreUnavailable``.
    """
    number = keys.current
    count = await store.write(lambda t: _servers(t, keys, number))
    after = _FIRST
    while True:
        done, last = await store.write(lambda t, after=after: _accounts(t, keys, number, after))  # type: ignore[misc]
        count += done
        if last is None:
            return count
        after = last


async def left(store: Store, keys: MasterKeys, *, alone: bool = False) -> int:
    """How many keys are still under an older master key; ``alone``: once all that is being written is."""
    number = bytes((keys.current,))

    def job(transaction: Transaction) -> int:
        if alone:
            store.exclude(transaction, "accounts", "servers")
        total = 0
        for table in ("accounts", "servers"):
            row = transaction.one(f"SELECT count(*) FROM {table} WHERE substr(sealed_key, 1, 1) <> ?", number)
            total += int(row[0]) if row else 0
        return total

    return await (store.write(job) if alone else store.read(job))


async def rotate(store: Store, keys: MasterKeys) -> int:
    """Adds a master key, reseals everything under it, and takes the older ones away.

    Raises ``KeyFault`` where another rotation is under way: it would take this one's key away, and all
    that is sealed under it would be lost. Raises ``StoreUnavailable`` where others kept sealing under an
    older one.
    """
    with keys.alone():
        number = keys.add()
        count = 0
        for _ in range(10):
            count += await reseal(store, keys)
            # an enrolment that sealed under the old key just before may have been written just after
            if not await left(store, keys) and not await left(store, keys, alone=True):
                keys.keep_only(number)
                return count
        raise StoreUnavailable("keys under an older master key keep coming")


def _servers(transaction: Transaction, keys: MasterKeys, number: int) -> int:
    count = 0
    for ident, serverid, sealed in transaction.all("SELECT id, serverid, sealed_key FROM servers FOR UPDATE"):
        if sealed[0] != number:
            identity = of_server(bytes(serverid))
            again = keys.seal(keys.open(bytes(sealed), identity), identity)
            transaction.run("UPDATE servers SET sealed_key = ? WHERE id = ?", again, ident)
            count += 1
    return count


def _accounts(
    transaction: Transaction, keys: MasterKeys, number: int, after: tuple[int, int]
) -> tuple[int, tuple[int, int] | None]:
    rows = transaction.all(
        "SELECT a.server, a.ref, v.serverid, a.sealed_key FROM accounts a JOIN servers v ON v.id = a.server"
        " WHERE (a.server, a.ref) > (?, ?) ORDER BY a.server, a.ref LIMIT ?",
        *after,
        _BITE,
    )
    count = 0
    for server, ref, serverid, sealed in rows:
        if sealed[0] != number:
            identity = of_account(bytes(serverid), ref)
            again = keys.seal(keys.open(bytes(sealed), identity), identity)
            count += transaction.run(
                "UPDATE accounts SET sealed_key = ? WHERE server = ? AND ref = ? AND sealed_key = ?",
                again,
                server,
                ref,
                sealed,
            )
    return count, (rows[-1][0], rows[-1][1]) if rows else None
