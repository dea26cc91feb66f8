"""Fills a store with accounts and sessions, far faster than by enrolling them."""

import hashlib
import os
import secrets
from dataclasses import dataclass

from sparekey.server.accounts import roles, servers
from sparekey.server.accounts.servers import ServerRow
from sparekey.server.keys.master_key import MasterKeys, of_account
from sparekey.server.login.session_life import nonce_hash
from sparekey.server.monitoring import audit
from sparekey.server.store import Store, Transaction
from sparekey.server.store.interface import flat, rows_of_values
from sparekey_token.core import compose, otp

_BITE = 250  # rows a statement: SQLite takes 32,766 parameters


@dataclass(frozen=True)
class Login:
    """A session that waits, and the OTP that is right for it."""

    nonce: str
    otp: str


async def begin(store: Store, keys: MasterKeys, now: int) -> tuple[ServerRow, str]:
    """A server, and the API key of a role for everything."""

    def job(transaction: Transaction) -> tuple[ServerRow, str]:
        by = audit.By(now)
        roles.add_role(transaction, "root", ["root"], True, by)
        key = roles.add_key(transaction, "root", "bench", by)
        return servers.insert(transaction, servers.fresh(keys, "Bench", "root", now), by), key

    return await store.write(job)


async def add_accounts(
    store: Store, keys: MasterKeys, server: ServerRow, count: int, now: int
) -> list[tuple[int, bytes]]:
    """That many accounts with references spread over all 30 bits; answers a thousand with their keys."""
    known: list[tuple[int, bytes]] = []
    for start in range(0, count, 20 * _BITE):
        rows = []
        for n in range(start, min(count, start + 20 * _BITE)):
            # an odd multiplier goes through all references without meeting one twice
            ref, key = n * 2654435761 % (1 << 30), os.urandom(32)
            sealed = keys.seal(key, of_account(server.serverid, ref))
            rows.append((server.id, ref, sealed, "crock32-30", 0, key, "bench", f"user{n}", 1, 0, now))
            if len(known) < 1000 and n % max(1, count // 1000) == 0:
                known.append((ref, key))

        def job(transaction: Transaction, rows: list[tuple[object, ...]] = rows) -> None:  # type: ignore[assignment]
            _insert(
                transaction,
                "accounts (server, ref, sealed_key, format, pin, public_key, description, userid, active,"
                " blocked, created)",
                rows,
            )

        await store.write(job)
    return known


async def add_old_sessions(store: Store, server: ServerRow, count: int, now: int) -> None:
    """That many sessions that were logged in and are kept; nothing clears them during a run."""
    for start in range(0, count, 20 * _BITE):
        rows = []
        for _ in range(start, min(count, start + 20 * _BITE)):
            random = os.urandom(64)
            spent = (now - 9, 1, 1, 7, 1, 0, now + 86400)
            rows.append((server.id, random[:32], random[32:48], random, random[48:], *spent))

        def job(transaction: Transaction, rows: list[tuple[object, ...]] = rows) -> None:  # type: ignore[assignment]
            _insert(
                transaction,
                "sessions (server, nonce, hsid, qr, challenge, expires, tries, used, account, by_otp,"
                " verified, ends)",
                rows,
            )

        await store.write(job)


async def add_logins(
    store: Store, server: ServerRow, accounts: list[tuple[int, bytes]], count: int, now: int
) -> list[Login]:
    """That many fresh sessions, each with its right OTP, the accounts taken in turn."""
    logins, rows = [], []
    for n in range(count):
        ref, key = accounts[n % len(accounts)]
        nonce = secrets.token_bytes(32)
        hashed = nonce_hash(server.serverid, nonce)
        hsid = hashlib.sha256(hashed).digest()[:16]
        qr = compose.login_body(server.serverid, hsid, now + 300, True, server.name, "")
        rows.append((server.id, hashed, hsid, qr, bytes(16), now + 300, 0, 0, 0, 0, now + 3900))
        logins.append(Login(nonce.hex(), otp.shown(otp.compute(key, ref, qr, now))))
    await store.write(
        lambda t: _insert(
            t,
            "sessions (server, nonce, hsid, qr, challenge, expires, tries, used, by_otp, verified, ends)",
            rows,
        )
    )
    return logins


def _insert(transaction: Transaction, into: str, rows: list[tuple[object, ...]]) -> None:
    for start in range(0, len(rows), _BITE):
        part = rows[start : start + _BITE]
        transaction.run(f"INSERT INTO {into} VALUES {rows_of_values(len(part), len(part[0]))}", *flat(part))
