"""All screens of this machine, as they are at this moment."""

from typing import TYPE_CHECKING

from sparekey.bridge.errors import NotReadable

from . import portal
from .ours import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

_NAME = "the screen"


def read() -> str:
    """The text of the Sparekey QR code on any of the screens."""
    from . import qr

    found: list[str] = []
    for picture in pictures():
        found += qr.texts(picture, spoilt=False)
    return one_of(found, _NAME)


def pictures() -> "Iterator[Image.Image]":
    """Each screen's picture, in grey; ``NotReadable`` where there is no screen."""
    if portal.is_wayland():
        yield portal.picture()
        return
    import mss
    from mss.exception import ScreenShotError
    from PIL import Image

    try:
        with mss.MSS() as screens:
            # the first is all of them together, gaps included
            for place in screens.monitors[1:]:
                shot = screens.grab(place)
                yield Image.frombytes("RGB", shot.size, shot.bgra, "raw", "BGRX").convert("L")
    except (ScreenShotError, OSError) as fault:
        raise NotReadable("no screen can be seen from here") from fault
