"""Transactions as bridge and token see them: what waits in a session, and the token's proof."""

from msgspec import Struct

from sparekey.server.accounts.servers import by_number
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import session_life, transactions
from sparekey.server.login.online_proof import NEVER, refusal_of
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Transaction

from .app_message import Flags, Hex16, Hex32, Reference


class AppTransaction(Struct):
    """What the token shows; ``body`` is what the proof is over, ``verify``: the server wants the PIN."""

    tid: Hex16
    server: str
    amount: str
    benificiary: str
    description: str
    expires: int
    body: str
    challenge: Hex16
    verify: bool


class AppTransactions(Struct):
    """What waits for an answer."""

    transactions: list[AppTransaction]


class AppWaiting(Struct):
    """What a bridge needs beside the QR code; ``verify``: the server wants the PIN."""

    server: str
    challenge: Hex16
    expires: int
    verify: bool


class TransactionProof(Struct):
    """``flags`` bit 0: the token verified its user; bit 1: the person declined."""

    ref: Reference
    flags: Flags
    proof: Hex32


class Settled(Struct):
    """1 approved, 2 declined."""

    tstatus: int


@operation("GET", "/app/sessions/{hsid}/transactions", answer=AppTransactions, codes=("no_session",))
async def app_transactions(call: Call) -> AppTransactions:
    """The transactions that wait in a session."""
    hsid = call.bytes_of("hsid", 16, "no_session")
    now = call.service.now()

    def job(transaction: Transaction) -> AppTransactions:
        found = session_life.of_hsid(transaction, hsid)
        if found is None:
            raise ApiError("no_session")
        server = by_number(transaction, found[0])
        return AppTransactions(
            [
                AppTransaction(
                    one.id.hex(),
                    server.serverid.hex(),
                    *one.texts,
                    one.expires,
                    one.body.hex(),
                    one.challenge.hex(),
                    server.pin_trans_timeout != NEVER,
                )
                for one in transactions.of_session(transaction, found[1].shown, now)
            ]
        )

    return await call.service.store.read(job)


@operation(
    "GET",
    "/app/transactions/{tid}",
    answer=AppWaiting,
    codes=("no_transaction", "expired", "wrong_state"),
)
async def app_transaction(call: Call) -> AppWaiting:
    """The transaction that a QR code stands for."""
    tid, now = call.bytes_of("tid", 16, "no_transaction"), call.service.now()

    def job(transaction: Transaction) -> AppWaiting:
        found = transactions.waiting(transaction, tid, now)
        server = by_number(transaction, found.server)
        verify = server.pin_trans_timeout != NEVER
        return AppWaiting(server.serverid.hex(), found.challenge.hex(), found.expires, verify)

    return await call.service.store.read(job)


@operation(
    "POST",
    "/app/transactions/{tid}",
    body=TransactionProof,
    answer=Settled,
    codes=("no_transaction", "expired", "wrong_state", "proof_refused", "pin_needed"),
)
async def app_settle(call: Call) -> Settled:
    """Approve or decline a transaction with the token's proof; once."""
    tid = call.bytes_of("tid", 16, "no_transaction")
    sent: TransactionProof = call.body
    service, now = call.service, call.service.now()
    status = transactions.DECLINED if sent.flags & transactions.DECLINES else transactions.APPROVED

    def job(transaction: Transaction, trail: audit.Trail) -> audit.Event:
        found = transactions.waiting(transaction, tid, now)
        server = by_number(transaction, found.server)
        reason = refusal_of(
            transaction, service, server, sent, found.body, found.challenge, server.pin_trans_timeout, now
        )
        if not reason and sent.ref != found.account:
            reason = "other_account"
        if not reason:
            transactions.settle(transaction, found, status)
        outcome = "refused" if reason else ("declined" if status == transactions.DECLINED else "approved")
        event = audit.Event(now, server.id, "transaction", outcome, reason, found.hsid, sent.ref)
        trail.append(event)
        return event

    event = await audit.write(service.store, job)
    if event.reason:
        raise ApiError("pin_needed" if event.reason == "pin_needed" else "proof_refused")
    return Settled(status)
