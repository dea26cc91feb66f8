"""Load from eight clients, and a record of all that the server answered."""

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from sparekey_token.core.interval import interval
from tests.simulated_account import SimulatedAccount
from tests.web_application import WebApplication, code, fresh_nonce

CLIENTS = 8


@dataclass
class Record:
    """What was sent and what came back."""

    logins: list[tuple[str, str, int]] = field(default_factory=list)  # nonce, OTP, account
    in_flight: list[tuple[str, str, int]] = field(default_factory=list)  # nonce, OTP, interval
    wrong: Counter[str] = field(default_factory=Counter)  # nonce → answered refusals
    statuses: Counter[int] = field(default_factory=Counter)
    unavailable: list[httpx.Response] = field(default_factory=list)


async def keep_busy(
    web: WebApplication, accounts: list[SimulatedAccount], record: Record, until: asyncio.Event
) -> None:
    """Logs in and mistypes until told to stop; a server that is away is asked again."""
    await asyncio.gather(*[_client(web, account, record, until) for account in accounts])


async def _client(
    web: WebApplication, account: SimulatedAccount, record: Record, until: asyncio.Event
) -> None:
    while not until.is_set():
        with contextlib.suppress(httpx.TransportError):
            await _round(web, account, record)
            continue
        await asyncio.sleep(0.02)  # the connection was cut: the server may be away


async def _round(web: WebApplication, account: SimulatedAccount, record: Record) -> None:
    nonce = fresh_nonce()
    reply = await web.call("GET", "sessions/qr/login", nonce)
    if not _answered(reply, record):
        return
    unix = time.time()
    otp = account.otp(reply.text, unix)
    if len(record.logins) % 4 == 3:
        # malformed, so that it counts for the session and throttles no account
        wrong = await web.type(nonce, "U")
        if _answered(wrong, record):
            assert code(wrong) == (403, "otp_refused")
        record.wrong[nonce] += wrong.status_code == 403
    sent = nonce, otp, interval(int(unix))
    record.in_flight.append(sent)
    reply = await web.type(nonce, otp)
    if _answered(reply, record):
        record.in_flight.remove(sent)
        assert reply.status_code == 200, reply.text
        record.logins.append((nonce, otp, account.reference))


def _answered(reply: httpx.Response, record: Record) -> bool:
    record.statuses[reply.status_code] += 1
    if reply.status_code == 503:
        record.unavailable.append(reply)
    return reply.status_code != 503


_AGAIN = 6  # used OTPs tried again for each account: with those in flight, fewer than throttle it


async def check(web: WebApplication, accounts: list[SimulatedAccount], record: Record) -> None:
    """Every login that was answered is there, no OTP is taken twice, no try is forgotten."""
    again: Counter[int] = Counter()
    for nonce, otp, reference in record.logins:
        status = await web.status(nonce)
        assert (status["loggedin"], status["otplogin"], status["accountid"]) == (True, True, reference)
        again[reference] += 1
        if again[reference] <= _AGAIN:
            assert (await web.type(nonce, otp)).status_code == 403
    for nonce, otp, made in record.in_flight:
        # its answer was lost: it was taken or not, and from now on it is, unless the machine was so slow
        # that its time is over
        first = await web.type(nonce, otp)
        assert first.status_code in (200, 403)
        too_late = interval(int(time.time())) > made + 1
        assert (await web.type(nonce, otp)).status_code == 403
        assert (await web.status(nonce))["loggedin"] is True or too_late
    tries = {nonce: count for nonce, count in record.wrong.items() if count}
    for nonce, count in list(tries.items())[:3]:
        left = 0
        while code(await web.type(nonce, "U"))[1] == "otp_refused":
            left += 1
        assert left + count <= 5
    for account in accounts:  # a success clears the account's wrong tries
        nonce = fresh_nonce()
        assert (await web.type(nonce, account.otp(await web.qr(nonce), time.time()))).status_code == 200
