"""The decision on OTPs: many tries at once, each about another session and another account.

All of it is one transaction: what is read decides, and what is written holds only if nobody changed
the same rows in between (``Conflict``, and the job runs again). So one use of an OTP, the tries of a
session and the throttle of an account are single, whatever number of workers asks.

A guesser's budget: each QR code meets five tries in its life; one in the four minutes after a renewal counts
for both codes that it is held against. So a renewal gives no tries, but four right answers instead of two.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sparekey.server.keys.master_key import KeyFault
from sparekey.server.monitoring import audit
from sparekey.server.store.interface import Row, Transaction
from sparekey_token.core import otp
from sparekey_token.core.interval import interval

from . import typed_otp
from .otp_rows import Try, Writes, read, throttle_row, write
from .session_life import KEPT_AFTER_LOGIN, LATE, TRIES
from .throttle import Throttle

_CALM = Throttle()
ENABLED = "ENABLE_OTP"
_SHOWN, _BEFORE = 1, 2  # the QR code that a session shows, and the one that it showed before

OpenKey = Callable[[bytes | None, int, bytes], bytes]
"""Sealed key, reference and server id → the account key; one of nobody's where none is sealed."""


@dataclass
class Outcome:
    """What came of a try: ``refusal`` is an error's code, or empty for a login.

    ``hsid`` is the session's, the event's that of the QR code that the OTP was made for.
    """

    refusal: str
    event: audit.Event
    retry_after: int | None = None
    hsid: bytes = b""
    accountid: int = 0
    userid: str | None = None
    public_key: bytes = b""
    userverified: bool = False


class Decision:
    """Decides batches. ``nobody`` is a key for those who have none, so that they take as long."""

    def __init__(self, open_key: OpenKey, nobody: bytes) -> None:
        self._open_key = open_key
        self._nobody = nobody

    def __call__(self, transaction: Transaction, tries: Sequence[Try]) -> list[Outcome]:
        """The outcomes in the order of ``tries``, written down."""
        rows = read(transaction, tries)
        writes = Writes()
        outcomes = [self._decide(one, rows.get(place), writes) for place, one in enumerate(tries)]
        write(transaction, writes, [outcome.event for outcome in outcomes])
        return outcomes

    def _decide(self, one: Try, row: Row | None, writes: Writes) -> Outcome:
        if row is None or ENABLED not in row[1].split(","):
            return _refused(one, "otp_not_enabled", "not_enabled")
        (session, hsid, qr, expires, tries, used) = row[2:8]
        (sealed, format_, pin, active, blocked, userid, public_key) = row[8:15]
        throttle = Throttle.of_row(*row[15:19]) if row[15] is not None else _CALM
        (before, before_qr, before_expires, before_tries) = row[19:23]
        if session is not None and tries >= TRIES:
            return _refused(one, "session_locked", "session_locked", hsid)
        wait = throttle.wait(one.at)
        if wait:
            return _refused(one, "throttled", "throttled", hsid or b"", wait)
        expired = session is None or expires + LATE <= one.at
        barred = _barred(session, used, expired, sealed and active, blocked)
        if not barred and format_ != one.typed.format:
            barred = "wrong_code"
        if before is None or before_expires + LATE <= one.at or before_tries + tries >= TRIES:
            before_qr = None
        try:
            matched = self._matched(one, sealed, qr, before_qr, bool(barred))
        except KeyFault:  # this account's fault, not that of the others in the batch
            return _refused(one, "fault", "key_fault", hsid or b"")
        reason = barred or ("" if matched else "wrong_code")
        if reason:
            if session is not None:
                writes.sessions.append((session, hsid, tries, used, tries + 1, -1, 0, 0))
            if one.typed.reference != typed_otp.NO_REFERENCE:
                later = throttle.after_wrong(one.at)
                writes.throttles.append(throttle_row(one, later))
            return _refused(one, "otp_refused", reason, hsid or b"")
        reference = one.typed.reference
        ends = one.at + KEPT_AFTER_LOGIN
        writes.sessions.append((session, hsid, tries, used, tries, reference, int(bool(pin)), ends))
        writes.logins.append((one.server, reference, one.at))
        if throttle.version:
            writes.cleared.append((one.server, reference))
        scanned = hsid if matched == _SHOWN else before
        event = audit.Event(one.at, one.server, "otplogin", "accepted", "", scanned, reference)
        return Outcome("", event, None, hsid, reference, userid, public_key, bool(pin))

    def _matched(
        self, one: Try, sealed: bytes | None, qr: bytes | None, before: bytes | None, barred: bool
    ) -> int:
        """Which QR code's it is, in the current or the previous interval: that shown, the one before; or 0.

        What will be refused takes all four computations, whatever it is refused for.
        """
        reference = max(0, one.typed.reference)
        otp_key = otp.otp_key(self._open_key(sealed, reference, one.serverid))
        now = interval(one.at)
        found = 0
        shown = qr or self._nobody
        for place, body in ((_SHOWN, shown), (_BEFORE, before or shown)):
            for t in (now, now - 1):
                if hmac.compare_digest(otp.code(otp_key, body, t, one.typed.format), one.typed.code):
                    found = found or place
                if found and not barred:
                    return found
        return found


def _barred(session: int | None, used: int, expired: bool, account: object, blocked: int) -> str:
    """Why no code could be right, for the audit log; empty where one could."""
    if not account:
        return "no_account"
    if blocked:
        return "blocked"
    if session is None:
        return "no_session"
    if used:
        return "session_used"
    return "expired" if expired else ""


def _refused(one: Try, code: str, reason: str, hsid: bytes = b"", retry_after: int | None = None) -> Outcome:
    event = audit.Event(one.at, one.server, "otplogin", "refused", reason, hsid or b"", one.typed.reference)
    return Outcome(code, event, retry_after)
