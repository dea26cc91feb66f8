"""The clipboard: a picture copied from a screen, or the text of a code."""

import sys

from sparekey.bridge import clipboard
from sparekey.bridge.errors import NotReadable

from . import qr
from .image_file import opened
from .ours import one_of

_NAME = "the clipboard"


def read() -> str:
    """The text of the Sparekey QR code on the clipboard."""
    found = clipboard.contents()
    if found is None:
        picture = _windows_picture()
        if picture is None:
            raise NotReadable(f"{_NAME} can't be read from here", next_step="Install wl-clipboard or xclip.")
        return one_of(picture, _NAME)
    texts: list[str] = []
    for data, is_picture in found:
        if is_picture:
            texts += qr.texts(opened(data, _NAME))
        else:
            texts += data.decode("utf-8", "replace").split()
    if not found:
        raise NotReadable(f"{_NAME} is empty")
    return one_of(texts, _NAME)


def _windows_picture() -> list[str] | None:
    """What Pillow finds on the clipboard of Windows; None elsewhere."""
    if sys.platform != "win32":
        return None
    from PIL import Image, ImageGrab

    grabbed = ImageGrab.grabclipboard()
    return qr.texts(grabbed.convert("L")) if isinstance(grabbed, Image.Image) else []
