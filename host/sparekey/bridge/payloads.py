"""QR payloads as the bridge takes them (docs/protocol.md §2): one kind at a time, nothing else."""

from sparekey_token.core import payload
from sparekey_token.core.errors import Refused

from .errors import PayloadRefused, WrongKind

_WHAT_IT_DOES = {
    payload.Login: "it logs in",
    payload.Enrolment: "it adds an account",
    payload.Transaction: "it asks to approve a transaction",
}


def read(text: str) -> payload.Login | payload.Enrolment | payload.Transaction:
    """The payload in a QR code's text; ``PayloadRefused`` where it is cut, altered or unknown."""
    try:
        return payload.read(text)
    except Refused as refused:
        raise PayloadRefused(refused) from None


def read_login(text: str) -> payload.Login:
    """A login's payload; ``WrongKind`` where it is another's."""
    shown = read(text)
    if not isinstance(shown, payload.Login):
        raise WrongKind(_WHAT_IT_DOES[type(shown)])
    return shown


def read_enrolment(text: str) -> payload.Enrolment:
    """An enrolment's payload; ``WrongKind`` where it is another's."""
    shown = read(text)
    if not isinstance(shown, payload.Enrolment):
        raise WrongKind(_WHAT_IT_DOES[type(shown)])
    return shown


def read_transaction(text: str) -> payload.Transaction:
    """A transaction's payload; ``WrongKind`` where it is another's."""
    shown = read(text)
    if not isinstance(shown, payload.Transaction):
        raise WrongKind(_WHAT_IT_DOES[type(shown)])
    return shown
