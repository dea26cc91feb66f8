"""QR payloads as the bridge takes them (docs/protocol.md §2): a login's or an enrolment's, nothing else."""

from sparekey_token.core import payload
from sparekey_token.core.errors import Refused

from .errors import PayloadRefused, WrongKind


def read(text: str) -> payload.Login | payload.Enrolment:
    """The payload in a QR code's text; ``PayloadRefused`` where it is cut, altered or unknown."""
    try:
        return payload.read(text)
    except Refused as refused:
        raise PayloadRefused(refused) from None


def read_login(text: str) -> payload.Login:
    """A login's payload; ``WrongKind`` where it is an enrolment's."""
    shown = read(text)
    if not isinstance(shown, payload.Login):
        raise WrongKind("it adds an account")
    return shown


def read_enrolment(text: str) -> payload.Enrolment:
    """An enrolment's payload; ``WrongKind`` where it is a login's."""
    shown = read(text)
    if not isinstance(shown, payload.Enrolment):
        raise WrongKind("it logs in")
    return shown
