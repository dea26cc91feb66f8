"""Watches the screens for a login's QR code, looking for codes only where something has changed."""

import time
from collections.abc import Callable, Iterable, Iterator

from sparekey.bridge.errors import BridgeError
from sparekey.bridge.payloads import read_login

from .ours import is_ours
from .screen import Screens, Shot


class Watch:
    """Gives each login code once: one that is still on the screen after its login is passed over."""

    def __init__(
        self,
        every: float,
        shots: Callable[[], Iterable[Shot]] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """``every`` is the time between two looks, in seconds; ``shots`` looks at the screens."""
        self._every = every
        self._shots = shots or Screens().shots
        self._pause = pause
        self._given: set[str] = set()
        self._seen: dict[int, bytes | bytearray] = {}

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

        for number, shot in enumerate(self._shots()):
            # most of the time nothing has changed, and no picture need be made
            if self._seen.get(number) == shot.pixels:
                continue
            for text in qr.texts(shot.picture(), spoilt=False):
                if is_ours(text) and text not in self._given and _is_login(text):
                    yield text
            # not before: whoever takes one code is to find the others beside it at the next look
            self._seen[number] = shot.pixels


def _is_login(text: str) -> bool:
    try:
        read_login(text)
    except BridgeError:
        return False
    return True
