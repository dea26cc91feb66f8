"""All screens of this machine, as they are at this moment."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from sparekey.bridge.errors import NotReadable

from . import portal
from .ours import one_of

if TYPE_CHECKING:
    from PIL import Image

RENEWED_AFTER = 30.0
"""Seconds after which screens kept open are looked for anew: one may have been plugged in."""

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
    return (shot.picture() for shot in shots())


@dataclass(frozen=True)
class Shot:
    """A screen at one moment: its pixels as the system gives them, and what makes a picture of them."""

    pixels: bytes | bytearray
    picture: "Callable[[], Image.Image]"

    @classmethod
    def of(cls, picture: "Image.Image") -> Self:
        """A shot that is a picture already."""
        return cls(picture.tobytes(), lambda: picture)


def shots() -> Iterator[Shot]:
    """Each screen, not made into a picture yet; ``NotReadable`` where there is no screen."""
    with contextlib.closing(Screens()) as screens:
        yield from screens.shots()


class Screens:
    """All screens, kept open: a first look costs ten times as much as those that follow."""

    def __init__(self) -> None:
        self._mss: Any = None
        self._opened = 0.0

    def close(self) -> None:
        """Lets them go."""
        if self._mss is not None:
            self._mss.close()
            self._mss = None

    def shots(self) -> Iterator[Shot]:
        """As the function ``shots``."""
        if portal.is_wayland():
            yield Shot.of(portal.picture())
            return
        from mss.exception import ScreenShotError

        # mss asks once which screens there are and how large
        if time.monotonic() - self._opened >= RENEWED_AFTER:
            self.close()
        try:
            try:
                yield from self._grabbed()
            except (ScreenShotError, OSError):
                # one may have been unplugged, or changed its size, since then
                self.close()
                yield from self._grabbed()
        except (ScreenShotError, OSError) as fault:
            raise NotReadable("no screen can be seen from here") from fault

    def _grabbed(self) -> Iterator[Shot]:
        import mss

        if self._mss is None:
            self._mss = mss.MSS()
            self._opened = time.monotonic()
        # the first is all of them together, gaps included
        for place in self._mss.monitors[1:]:
            shot = self._mss.grab(place)
            pixels, size = shot.raw, (shot.width, shot.height)
            yield Shot(pixels, partial(_grey, size, pixels))


def _grey(size: tuple[int, int], bgra: bytes | bytearray) -> "Image.Image":
    from PIL import Image

    return Image.frombytes("RGB", size, bgra, "raw", "BGRX").convert("L")
