"""The person who holds the virtual token: reads its OLED, presses its buttons, over the control address."""

import io
import time
from collections.abc import Callable

import httpx
from PIL import Image


class NotSeen(Exception):
    """The OLED did not show what was waited for; the message has what it shows instead."""


class Person:
    """Someone with the virtual token in their hand."""

    def __init__(self, control: str, looked: Callable[[str, Image.Image], None] | None = None) -> None:
        """``control`` is the address (``http://…``); ``looked`` is told each screen waited for."""
        self._client = httpx.Client(base_url=control, trust_env=False, timeout=10)
        self._looked = looked

    def close(self) -> None:
        """Ends the connection to the control address."""
        self._client.close()

    def press(self, button: str) -> None:
        """Presses ``ok``, ``next`` or ``back`` as long as people do."""
        self._client.post(f"/press/{button}", params={"ms": 80}).raise_for_status()

    def screen(self) -> str:
        """The text on the OLED, recognised from its pixels."""
        return self._client.get("/screen.txt").raise_for_status().text

    def picture(self) -> Image.Image:
        """The OLED's 128×64 pixels."""
        return Image.open(io.BytesIO(self._client.get("/screen.png").raise_for_status().content))

    def wait_for(self, *words: str, seconds: float = 30) -> str:
        """Waits until the OLED shows one of ``words`` and answers all of it, or raises ``NotSeen``."""
        end = time.monotonic() + seconds
        while True:
            text = self.screen()
            if any(word.lower() in text.lower() for word in words):
                if self._looked:
                    self._looked(text, self.picture())
                return text
            if time.monotonic() > end:
                raise NotSeen(f"the OLED shows {text!r}, not {' or '.join(words)}")
            time.sleep(0.05)
