"""otpLogin: a one-time password in, a login out; every decision is ``otp_login``'s, in the database."""

import logging
import time

from sparekey.server.errors import ApiError
from sparekey.server.http.operation import Call, operation
from sparekey.server.login import typed_otp
from sparekey.server.login.otp_rows import Try
from sparekey.server.login.session_life import logged_in
from sparekey.server.monitoring import audit
from sparekey.server.objects import LoginStatus, Otp

_LOG = logging.getLogger("sparekey.server")


@operation(
    "POST",
    "/servers/{serverid}/sessions/otplogin",
    "sessions",
    nonce=True,
    body=Otp,
    answer=LoginStatus,
    codes=("otp_refused", "otp_not_enabled", "session_locked", "throttled"),
)
async def otplogin(call: Call) -> LoginStatus:
    """Log a session in with a one-time password."""
    service = call.service
    started = time.perf_counter()
    server = call.server
    one = Try(server.id, server.serverid, call.nonce, typed_otp.read(call.body.otp), service.now())
    outcome = await service.tries.decide(one)
    service.metrics.latency.add(time.perf_counter() - started)
    service.metrics.logins["otp", outcome.refusal or "accepted"] += 1
    audit.tell([outcome.event])
    if outcome.refusal == "fault":
        facts = {"fault": "KeyFault", "account": one.typed.reference}
        _LOG.error("an account's key doesn't open", extra={"facts": facts})
    if outcome.refusal:
        raise ApiError(outcome.refusal, retry_after=outcome.retry_after)
    status = LoginStatus(outcome.hsid.hex(), True, True, False)
    return logged_in(
        status, outcome.accountid, outcome.userid, outcome.public_key, True, outcome.userverified
    )
