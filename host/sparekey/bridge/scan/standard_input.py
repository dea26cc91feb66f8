"""A picture, or the text of a QR code, on standard input."""

import sys

from sparekey.bridge.errors import NotReadable

from .image_file import MAX_BYTES, read_bytes
from .ours import is_ours

_NAME = "standard input"


def read() -> str:
    """The text of the Sparekey QR code in what comes on standard input, up to its end."""
    # None: the program was started without any
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    if not data:
        raise NotReadable(f"{_NAME} is empty")
    if len(data) < 4096:
        text = data.decode("utf-8", "replace").strip()
        if is_ours(text):
            return text
    return read_bytes(data, _NAME)
