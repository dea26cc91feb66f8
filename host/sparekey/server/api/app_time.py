"""The proof of the server's time, for the token's clock (docs/protocol.md §5)."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from sparekey.server.accounts.servers import by_serverid
from sparekey.server.http.operation import Call, operation
from sparekey.server.store.interface import Transaction
from sparekey_token.core import digest, proof
from sparekey_token.core.interval import interval

from .app_message import Hex8, Hex16, Reference

_NOTED_EVERY = 60  # seconds between two notes of when an account asked


class TimeAsked(Struct):
    """``unix`` (ours) is the token's own time, as the bridge read it."""

    server: Hex8
    ref: Reference
    nonce: Hex16
    unix: Annotated[int, Meta(ge=0, lt=1 << 40)] | UnsetType = UNSET


class TimeProof(Struct, omit_defaults=True):
    """The server's time in Unix seconds, proved; how far ``unix`` was off, and whether that is too far."""

    unix: int
    proof: str
    offset: int | UnsetType = msgspec.UNSET
    refused: bool | UnsetType = msgspec.UNSET


@operation("POST", "/app/time", body=TimeAsked, answer=TimeProof, codes=("not_found",))
async def app_time(call: Call) -> TimeProof:
    """Prove the server's time to a token; ``refused`` says that OTPs from its present clock would be."""
    asked: TimeAsked = call.body
    service, now = call.service, call.service.now()

    def look(transaction: Transaction) -> tuple[int, bytes, int | None]:
        server = by_serverid(transaction, bytes.fromhex(asked.server))
        row = transaction.one(
            "SELECT sealed_key, time_told FROM accounts WHERE server = ? AND ref = ?", server.id, asked.ref
        )
        if row is None:
            # an answer as good as any, so that nobody learns which references there are
            made_up = digest.hkdf(service.nobody, server.serverid, asked.ref.to_bytes(4, "big"), 32)
            return server.id, made_up, now
        return server.id, service.open_account_key(row[0], asked.ref, server.serverid), row[1]

    number, key, told = await service.store.read(look)
    if told is None or now - told >= _NOTED_EVERY:
        await service.store.write(
            lambda t: t.run(
                "UPDATE accounts SET time_told = ? WHERE server = ? AND ref = ?", now, number, asked.ref
            )
        )
    answer = TimeProof(now, proof.time_proof(key, bytes.fromhex(asked.nonce), now).hex())
    if isinstance(asked.unix, int):
        answer.offset = now - asked.unix
        answer.refused = interval(now) - interval(asked.unix) not in (0, 1)
    return answer
