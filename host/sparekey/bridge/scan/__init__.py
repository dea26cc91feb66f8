"""Where a QR code may be looked for: one file a source, ``read`` picks by the source's name.

``SPAREKEY:…`` (or ``sparekey:…``, a deep link) is the code's own text; ``-`` is a picture on standard
input; ``screen``, ``camera`` and ``clipboard`` look there; anything else is a file.
"""

from importlib import import_module

from sparekey.bridge.errors import NothingScanned, SeveralScanned

from .ours import is_ours, one_of

# each has read() -> str, or read(name) for a file
_NAMED = {"-": "standard_input", "screen": "screen", "camera": "camera", "clipboard": "clipboard"}


def read(source: str) -> str:
    """The text of the one Sparekey QR code at ``source``.

    Raises ``NothingScanned``, ``SeveralScanned``, ``NotReadable`` or ``PartMissing``.
    """
    if is_ours(source):
        return source.strip()
    if source in _NAMED:
        text = import_module(f".{_NAMED[source]}", __name__).read()
    else:
        from . import image_file

        text = image_file.read(source)
    assert isinstance(text, str)
    return text


__all__ = ["NothingScanned", "SeveralScanned", "is_ours", "one_of", "read"]
