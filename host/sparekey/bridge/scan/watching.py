"""Watches the screens for a login's QR code, looking for codes only where something has changed."""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from sparekey.bridge.errors import BridgeError
from sparekey.bridge.payloads import read_login

from . import screen
from .ours import is_ours

if TYPE_CHECKING:
    from PIL import Image


class Watch:
    """Gives each login code once: one that is still on the screen after its login is passed over."""

    def __init__(
        self,
        every: float,
        pictures: "Callable[[], Iterable[Image.Image]]" = screen.pictures,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """``every`` is the time between two looks, in seconds."""
        self._every = every
        self._pictures = pictures
        self._pause = pause
        self._given: set[str] = set()
        self._seen: dict[int, int] = {}

    def next_login(self) -> str:
        """The text of the next login code to appear; ``NotReadable`` where there is no screen."""
        while True:
            for text in self.look():
                self._given.add(text)
                return text
            self._pause(self._every)

    def look(self) -> Iterator[str]:
        """The login codes on the screens at this moment that were not given before."""
        from . import qr

        for number, picture in enumerate(self._pictures()):
            # a checksum takes a fiftieth of the time of a search for codes
            checksum = zlib.crc32(picture.tobytes())
            if self._seen.get(number) == checksum:
                continue
            self._seen[number] = checksum
            for text in qr.texts(picture, spoilt=False):
                if is_ours(text) and text not in self._given and _is_login(text):
                    yield text


def _is_login(text: str) -> bool:
    try:
        read_login(text)
    except BridgeError:
        return False
    return True
