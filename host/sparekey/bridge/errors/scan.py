"""Between the bridge and the QR code."""

from sparekey_token.core import sentences
from sparekey_token.core.errors import Refused

from .base import BridgeError


class ScanError(BridgeError):
    """Something between the bridge and the QR code."""

    name = "scan_error"
    sentence = "The QR code can't be read."


class NothingScanned(ScanError):
    """No QR code of Sparekey's in what was looked at."""

    name = "nothing_scanned"
    sentence = "No Sparekey QR code found."
    advice = "Show the whole code, larger or sharper, and scan again."


class SeveralScanned(ScanError):
    """Two or more QR codes of Sparekey's: which one is meant?"""

    name = "several_scanned"
    sentence = "More than one Sparekey QR code found."
    advice = "Leave just one in view and scan again."

    def __init__(self, detail: str = "", texts: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.texts = texts


class WrongKind(ScanError):
    """A code of another kind than the command's: a login's, an enrolment's, a transaction's."""

    name = "wrong_kind"
    sentence = "This is the QR code of something else."
    advice = (
        "'sparekey login' takes the code that logs in, 'sparekey enrol' the one that adds an account,"
        " 'sparekey approve' a transaction's."
    )


class PayloadRefused(ScanError):
    """The QR code is one of Sparekey's, but cut, altered or of another version; docs/protocol.md §2."""

    name = "bad_payload"
    sentence = "The QR code can't be read."
    advice = "Show a new one and scan again."

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.detail)
        self.number = refused.code
        self.name = refused.name  # type: ignore[misc]

    def __str__(self) -> str:
        # the token's own sentence for bad_payload has the advice in it, which is told beside this
        broken = self.name == type(self).name
        return f"{self.sentence if broken else sentences.sentence(self.name)} ({self.detail})"


class NotReadable(ScanError):
    """The source can't be opened: no such file, not a picture, no screen."""

    name = "not_readable"
    sentence = "There is nothing to scan there."
    advice = "Name a picture, '-', 'screen', 'camera', 'clipboard', or the text of the code itself."


class PartMissing(ScanError):
    """A library that this source needs is not installed."""

    name = "part_missing"
    sentence = "This needs a part that isn't installed."
    advice = "Install it and try again."
