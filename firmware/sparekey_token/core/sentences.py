"""What to tell a person about each of the token's refusals (docs/protocol.md §7)."""

SENTENCES = {
    "bad_payload": "The QR code can't be read. Show a new one and scan again.",
    "unknown_kind": "This QR code is of a kind that the token doesn't know.",
    "no_account": "No account here for that server. Wrong token?",
    "otp_not_allowed": "The server allows no one-time password for this login.",
    "expired": "The QR code has expired. Reload the page and scan again.",
    "no_session": "No login is under way. Scan the QR code again.",
    "enrolment_refused": "The enrolment was refused. Start again with a new QR code.",
    "vault_full": "The token has no room for another account. Remove one first.",
    "proof_refused": "The server's proof is wrong: it may not be the real one.",
    "timed_out": "Nobody pressed in time. Try again.",
    "declined": "Declined.",
    "locked": "The token is locked: type its PIN first.",
    "clock_unset": "The token's clock has lost its time. Set it first.",
    "busy": "The token waits for a press. Answer that first.",
    "fault": "The token has a fault of its own.",
    "unreachable": "The server cannot be reached.",
}


def sentence(name: str) -> str:
    """What to tell a person about the error called ``name``; ``ValueError`` where there is none."""
    if name not in SENTENCES:
        raise ValueError("no error is called " + name)
    return SENTENCES[name]
