"""Every refusal of the token: its number, its name and a sentence for a person (docs/protocol.md §7).

The numbers are nextAuth's where it has one; they never change their meaning.
"""

ERRORS = (
    (32, "bad_payload", "The QR code can't be read. Show a new one and scan again."),
    (33, "unknown_kind", "This QR code is of a kind that the token doesn't know."),
    (34, "no_account", "No account here for that server. Wrong token?"),
    (35, "otp_not_allowed", "The server allows no one-time password for this login."),
    (36, "expired", "The QR code has expired. Reload the page and scan again."),
    (37, "no_session", "No login is under way. Scan the QR code again."),
    (41, "enrolment_refused", "The enrolment was refused. Start again with a new QR code."),
    (42, "vault_full", "The token has no room for another account. Remove one first."),
    (48, "proof_refused", "The server's proof is wrong: it may not be the real one."),
    (50, "timed_out", "Nobody pressed in time. Try again."),
    (53, "declined", "Declined."),
    (54, "locked", "The token is locked: type its PIN first."),
    (55, "clock_unset", "The token's clock has lost its time. Set it first."),
    (56, "busy", "The token waits for a press. Answer that first."),
    (57, "fault", "The token has a fault of its own."),
    (70, "unreachable", "The server cannot be reached."),
)


class Refused(Exception):
    """A refusal by name, with its number, and a detail for whoever looks closer (never a secret).

    Raises ``ValueError`` itself where the name is not in ``ERRORS``.
    """

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name, detail)
        self.name = name
        self.code = code_of(name)
        self.detail = detail

    def __str__(self) -> str:
        return self.name + (": " + self.detail if self.detail else "")


def code_of(name: str) -> int:
    """The number of the error called ``name``; ``ValueError`` where there is none."""
    for code, known, _ in ERRORS:
        if known == name:
            return code
    raise ValueError("no error is called " + name)


def name_of(code: int) -> str:
    """The name of error number ``code``; ``ValueError`` where there is none."""
    for known, name, _ in ERRORS:
        if known == code:
            return name
    raise ValueError("no error has number " + str(code))


def sentence(name: str) -> str:
    """What to tell a person about the error called ``name``; ``ValueError`` where there is none."""
    for _, known, words in ERRORS:
        if known == name:
            return words
    raise ValueError("no error is called " + name)
