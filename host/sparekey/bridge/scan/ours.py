"""Which of the QR codes in view are Sparekey's."""

from collections.abc import Iterable

from sparekey.bridge.errors import NothingScanned, SeveralScanned
from sparekey_token.core.payload import SCHEME


def is_ours(text: str) -> bool:
    """Whether a QR code's text begins with Sparekey's scheme, in any case; the rest is not looked at."""
    # not upper(): it turns letters of other scripts into ours
    return text.strip()[: len(SCHEME)].encode().upper() == SCHEME.encode()


def one_of(texts: Iterable[str], where: str) -> str:
    """The only text of ours among ``texts``; the same code seen twice is one code.

    Raises ``NothingScanned`` (saying so where other codes were seen) and ``SeveralScanned``.
    """
    texts = list(texts)
    ours = list(dict.fromkeys(text.strip() for text in texts if is_ours(text)))
    if len(ours) == 1:
        return ours[0]
    if ours:
        raise SeveralScanned(where, tuple(ours))
    raise NothingScanned(f"{where} shows another QR code" if texts else where)
