"""The token's side of an enrolment, carried by the bridge (docs/protocol.md §6, §8)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sparekey.server.accounts import enrolment_row, enrolments
from sparekey.server.accounts.names import one_line
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import session_life
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Transaction

from .app_message import Hex16, Hex32, Reference


class Commitment(Struct):
    """Step 1."""

    commitment: Hex32


class ServerNonce(Struct):
    """Step 2."""

    server_nonce: Hex16


class Reveal(Struct):
    """Step 3."""

    public_key: Hex32
    token_nonce: Hex16
    pin: Literal[0, 1]
    proof: Hex32
    description: Annotated[str, Meta(max_length=64)] = ""


class Enrolled(Struct):
    """Step 4."""

    ref: Reference
    format: str
    unix: int
    proof: Hex32


@operation(
    "POST",
    "/app/enrolments/{enrolment}/commit",
    body=Commitment,
    answer=ServerNonce,
    codes=("no_enrolment", "enrolment_refused"),
)
async def app_commit(call: Call) -> ServerNonce:
    """The token commits; a second commitment ends the enrolment."""
    ident = call.bytes_of("enrolment", 16, "no_enrolment")
    commitment = bytes.fromhex(call.body.commitment)

    def job(transaction: Transaction, trail: audit.Trail) -> bytes | None:
        found = enrolment_row.of_id(transaction, ident)
        nonce = enrolments.commit(transaction, found, commitment, call.service.now(), trail)
        _tell(transaction, found)
        return nonce

    nonce = await audit.write(call.service.store, job)
    if nonce is None:
        raise ApiError("enrolment_refused")
    return ServerNonce(nonce.hex())


@operation(
    "POST",
    "/app/enrolments/{enrolment}/reveal",
    body=Reveal,
    answer=Enrolled,
    codes=("no_enrolment", "enrolment_refused"),
)
async def app_reveal(call: Call) -> dict[str, object]:
    """The token reveals its key and proves that both have the account's; a wrong proof ends the enrolment."""
    ident = call.bytes_of("enrolment", 16, "no_enrolment")
    sent: Reveal = call.body
    revealed = enrolments.Revealed(
        bytes.fromhex(sent.public_key),
        bytes.fromhex(sent.token_nonce),
        sent.pin,
        bytes.fromhex(sent.proof),
        one_line(sent.description).strip(),
    )

    def job(transaction: Transaction, trail: audit.Trail) -> dict[str, object] | None:
        found = enrolment_row.of_id(transaction, ident)
        told = enrolments.reveal(transaction, call.service.keys, found, revealed, call.service.now(), trail)
        _tell(transaction, found)
        return told

    told = await audit.write(call.service.store, job)
    if told is None:
        raise ApiError("enrolment_refused")
    return told


def _tell(transaction: Transaction, enrolment: enrolment_row.Enrolment) -> None:
    session = session_life.of_nonce(transaction, enrolment.server, enrolment.nonce)
    if session is not None:
        transaction.tell(f"ENROL {session.hsid.hex()}")
