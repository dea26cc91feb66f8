"""Transactions as the web application sees them: made in a session, shown as a QR code, then asked for."""

import base64
from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response

from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import session_life, transactions
from sparekey.server.store.interface import Transaction
from sparekey_token.core import compose

from .sessions import Picture, qr_code


class Payment(Struct):
    """What the person is to approve; ``benificiary`` is spelled so in the API."""

    amount: Annotated[str, Meta(max_length=24)]
    benificiary: Annotated[str, Meta(max_length=48)]
    description: Annotated[str, Meta(max_length=96)] = ""


class Tid(Struct):
    """The transaction's id; ``qrdata`` (ours) is base64 of its QR code's text."""

    tid: str
    qrdata: str


class TransactionStatus(Struct):
    """0 new, 1 approved, 2 declined."""

    tstatus: int


@operation(
    "POST",
    "/servers/{serverid}/sessions/transactions",
    "sessions",
    nonce=True,
    body=Payment,
    answer=Tid,
    codes=("not_logged_in",),
)
async def create_transaction(call: Call) -> Tid:
    """Ask who is logged in to approve a transaction on the token."""
    sent: Payment = call.body
    now = call.service.now()

    def job(transaction: Transaction) -> Tid:
        session = session_life.of_nonce(transaction, call.server.id, call.nonce)
        if session is None:
            raise ApiError("not_logged_in")
        texts = (sent.amount, sent.benificiary, sent.description)
        server = call.server
        tid, body = transactions.begin(transaction, server.id, server.serverid, session, texts, now)
        return Tid(tid.hex(), base64.b64encode(compose.to_text(body).encode("ascii")).decode("ascii"))

    return await call.service.store.write(job)


@operation(
    "GET",
    "/servers/{serverid}/transactions/{tid}",
    "sessions",
    answer=TransactionStatus,
    codes=("no_transaction",),
)
async def get_transaction(call: Call) -> TransactionStatus:
    """Whether a transaction is new, approved or declined."""
    tid = call.bytes_of("tid", 16, "no_transaction")

    def job(transaction: Transaction) -> TransactionStatus:
        found = transactions.of_id(transaction, tid)
        if found.server != call.server.id:
            raise ApiError("no_transaction")
        return TransactionStatus(found.status)

    return await call.service.store.read(job)


@operation(
    "GET",
    "/servers/{serverid}/transactions/{tid}/qr",
    "sessions",
    query=Picture,
    media=("application/octet-stream", "image/png"),
    codes=("no_transaction", "wrong_state", "expired"),
)
async def qr_transaction(call: Call) -> Response:
    """The QR code that the token approves a transaction by, while it waits."""
    tid, now = call.bytes_of("tid", 16, "no_transaction"), call.service.now()

    def job(transaction: Transaction) -> str:
        if transactions.of_id(transaction, tid).server != call.server.id:
            raise ApiError("no_transaction")
        return compose.to_text(transactions.waiting(transaction, tid, now).body)

    return qr_code(await call.service.store.read(job), call.query)
