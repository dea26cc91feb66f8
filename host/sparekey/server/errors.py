"""Every refusal of the server: its stable code, HTTP status and a sentence (docs/server-api.md).

ApiError
└── one code each, from ``CODES``
StoreUnavailable    the database is away or too busy: 503 with Retry-After
Conflict            another worker was faster: the job runs again, nobody sees it
"""

CODES = {
    "bad_request": (400, "The request can't be read as this call's."),
    "bad_nonce": (400, "X-nonce needs at least 128 bits, in hex or base64."),
    "fixed_field": (400, "serverid and serverpk can't be changed."),
    "unauthorized": (401, "X-apikey is missing or unknown."),
    "forbidden": (403, "This API key's role lacks the permission."),
    "otp_not_enabled": (403, "The server takes no one-time passwords: ENABLE_OTP is off."),
    "otp_refused": (403, "The one-time password was refused."),
    "session_locked": (403, "Too many tries with this QR code."),
    "not_logged_in": (403, "No account is logged in to this session."),
    "code_differs": (403, "The check codes differ. The enrolment has ended."),
    "invalid_name": (403, "That user id can't be used."),
    "proof_refused": (403, "The proof was refused."),
    "pin_needed": (403, "The server wants the token's PIN for this."),
    "not_found": (404, "There is no such thing here."),
    "no_session": (404, "There is no such session."),
    "no_enrolment": (404, "There is no such enrolment."),
    "no_transaction": (404, "There is no such transaction."),
    "method_not_allowed": (405, "That path has no such method."),
    "timed_out": (408, "The request took too long to arrive."),
    "wrong_state": (409, "That step isn't due now."),
    "session_used": (409, "This session has had its login."),
    "enrolment_refused": (409, "The enrolment was refused and has ended."),
    "already_there": (409, "There is one already."),
    "cannot_provoke": (409, "No token here can be called: it has no network of its own. Show the QR code."),
    "expired": (410, "It has expired."),
    "too_large": (413, "The body is too large."),
    "wrong_media_type": (415, "The body must be JSON in UTF-8."),
    "throttled": (429, "Too many wrong tries for this account."),
    "fault": (500, "The server has a fault of its own."),
    "app_closed": (503, "Bridges are not answered at this address."),
    "busy": (503, "The server can't reach its store or is too busy."),
}


class ApiError(Exception):
    """A refusal by its code; ``retry_after`` in seconds, ``detail`` for whoever looks closer (no secret).

    Raises ``KeyError`` itself where the code is not in ``CODES``.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status, sentence = CODES[code]
        self.message = f"{sentence} {detail}" if detail else sentence
        self.retry_after = retry_after


class StoreUnavailable(Exception):
    """The store can't be reached or doesn't keep up; nothing was decided."""


class Conflict(Exception):
    """What a job read was changed by another worker before it wrote; the job has to run again."""
