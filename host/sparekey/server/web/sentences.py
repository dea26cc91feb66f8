"""What a person reads where the login service said no: what happened, and what to do next."""

from .login_service import ServiceFault

_SENTENCES = {
    "otp_refused": (
        "That one-time password isn't right. It works once, for the QR code on this page, for about two "
        "minutes. Scan the code again and type the new one."
    ),
    "session_locked": (
        "Too many wrong tries with that QR code, so it no longer works. Here is a new one: scan it and "
        "type the one-time password your token shows then."
    ),
    "otp_not_enabled": (
        "This service takes no one-time passwords at the moment. Sign in online: scan the QR code and press "
        "OK on the token while the network is there."
    ),
    "unreachable": "The login service can't be reached. Wait a moment and try again.",
    "stale_form": "This page was open for too long, or cookies are off. Please try again on this fresh one.",
}

_BY_STATUS = {
    401: "This site's key for the login service isn't accepted. Its owner has to mend that.",
    403: "The login service refused that. Start again from the first page.",
    404: "There is nothing to go on with here. Start again from the first page.",
    409: "That step isn't due now. Start again from the first page.",
}


def sentence(fault: ServiceFault) -> str:
    """One or two sentences for a fault of the login service."""
    if fault.code in _SENTENCES:
        return _SENTENCES[fault.code]
    if fault.status == 429:
        return f"Too many wrong tries for this account. Try again {_soon(fault.retry_after)}."
    if fault.status == 503:
        return f"The login service is busy. Try again {_soon(fault.retry_after)}."
    return _BY_STATUS.get(fault.status, "The login service couldn't do that. Wait a moment and try again.")


def removed(name: str, signed_out: bool) -> str:
    """What a person reads who took the token called ``name`` away; ``signed_out``: it was the one in use."""
    what_else = "and are signed out" if signed_out else "here"
    return f"You removed “{name}” {what_else}. It can't sign in any more."


def _soon(seconds: int | None) -> str:
    if seconds is None:
        return "in a few minutes"
    if seconds <= 90:
        return f"in {seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"in {minutes} minutes"
