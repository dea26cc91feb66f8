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

    def look(transaction: Transaction) -> bytes:
        server = by_serverid(transaction, bytes.fromhex(asked.server))
        row = transaction.one(
            "SELECT sealed_key FROM accounts WHERE server = ? AND ref = ?", server.id, asked.ref
        )
        if row is None:
            # an answer as good as any, so that nobody learns which references there are
            service.keys.open_none()
            return digest.hkdf(service.nobody, server.serverid, asked.ref.to_bytes(4, "big"), 32)
        return service.open_account_key(row[0], asked.ref, server.serverid)

    # nothing is written down: a known reference's answer would come later than another's
    key = await service.store.read(look)
    answer = TimeProof(now, proof.time_proof(key, bytes.fromhex(asked.nonce), now).hex())
    if isinstance(asked.unix, int):
        answer.offset = now - asked.unix
        answer.refused = interval(now) - interval(asked.unix) not in (0, 1)
    return answer
