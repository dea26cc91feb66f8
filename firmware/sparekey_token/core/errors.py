"""Every refusal of the token: its number and its name (docs/protocol.md §7).

The numbers are nextAuth's where it has one; they never change their meaning. The sentences for people
are in ``sentences``.
"""

# one text: in a small heap, a table would take ten times as much
_CODES = (
    "32:bad_payload 33:unknown_kind 34:no_account 35:otp_not_allowed 36:expired "
    "37:no_session 41:enrolment_refused 42:vault_full 48:proof_refused 50:timed_out "
    "53:declined 54:locked 55:clock_unset 56:busy 57:fault 70:unreachable "
)


class Refused(Exception):
    """A refusal by name, with its number, and a detail for whoever looks closer (never a secret).

    Raises ``ValueError`` itself where no error has that name.
    """

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name, detail)
        self.name = name
        self.code = code_of(name)
        self.detail = detail

    def __str__(self) -> str:
        return self.name + (": " + self.detail if self.detail else "")


def code_of(name: str) -> int:
    """The two-digit number of the error called ``name``; ``ValueError`` where there is none."""
    place = _CODES.find(":" + name + " ")
    if place < 0:
        raise ValueError("no error is called " + name)
    return int(_CODES[place - 2 : place])
