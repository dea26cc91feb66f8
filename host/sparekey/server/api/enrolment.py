"""The page's side of an enrolment: where it is, and the click that says the codes agree."""

from sparekey.server.accounts import accounts, enrolment_row, enrolments
from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import session_life
from sparekey.server.monitoring import audit
from sparekey.server.objects import Account, CheckCode, EnrolmentStatus
from sparekey.server.store.interface import Transaction
from sparekey_token.core import crock32

_NONE = 1 << 30  # no code is this number


@operation(
    "GET",
    "/servers/{serverid}/sessions/enrolment",
    "sessions",
    nonce=True,
    answer=EnrolmentStatus,
    codes=("no_enrolment",),
)
async def enrolment(call: Call) -> EnrolmentStatus:
    """Where the enrolment begun in this session is."""

    def job(transaction: Transaction) -> EnrolmentStatus:
        found = _known(transaction, call)
        status = EnrolmentStatus(found.seen(call.service.now()))
        if status.state == "check" and found.checkcode is not None:
            status.checkcode = found.checkcode
        if status.state in ("check", "active") and found.ref is not None:
            status.accountid = found.ref
        if found.userid is not None:
            status.userid = found.userid
        return status

    return await call.service.store.read(job)


@operation(
    "POST",
    "/servers/{serverid}/sessions/enrolment/confirm",
    "sessions",
    nonce=True,
    body=CheckCode,
    answer=Account,
    codes=("no_enrolment", "wrong_state", "code_differs"),
)
async def confirm(call: Call) -> Account:
    """Say which check code the person saw; the right one makes the account active, another ends it."""
    code = _code(call.body.checkcode)

    def job(transaction: Transaction, trail: audit.Trail) -> Account | None:
        found = _known(transaction, call)
        same = enrolments.confirm(transaction, found, code, call.service.now(), trail)
        session = session_life.of_nonce(transaction, call.server.id, call.nonce)
        if session is not None:
            transaction.tell(f"ENROL {session.hsid.hex()}")
        return accounts.one(transaction, call.server.id, found.ref or 0) if same else None

    account = await audit.write(call.service.store, job)
    if account is None:
        raise ApiError("code_differs")
    return account


def _known(transaction: Transaction, call: Call) -> enrolment_row.Enrolment:
    found = enrolment_row.of_nonce(transaction, call.server.id, call.nonce)
    if found is None:
        raise ApiError("no_enrolment")
    return found


def _code(text: str) -> int:
    try:
        number = crock32.decode(text)
    except ValueError:
        return _NONE
    return min(number, _NONE)
