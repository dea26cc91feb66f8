"""The firmware's own screen part on the emulated SSD1306; keeps a picture of each screen."""

import os
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from sparekey.virtual import running
from sparekey.virtual.chips import ssd1306
from sparekey.virtual.soldered import Cells, Soldered

_ROOT = Path(__file__).resolve().parents[3]


class Oled:
    """What the app is given as its screen; ``pictures`` has the first picture of each name."""

    def __init__(self, state: Path) -> None:
        """Makes this process the virtual board, whose chips keep their state in ``state``."""
        state.mkdir(exist_ok=True)
        cells = Cells(state)
        telling = os.open(os.devnull, os.O_WRONLY)
        board = running.Board(Soldered(cells, lambda: None), -1, telling, state, "power_on")
        running.begin(board)
        virtual = _ROOT / "host" / "sparekey" / "virtual" / "circuitpython"
        sys.path[:0] = [str(_ROOT / "boards" / "virtual"), str(virtual)]
        from sparekey.virtual.circuitpython import blinka

        blinka.fit(board.soldered.bus, board.soldered.wiring)
        import pins

        from sparekey_token.parts.bus import Bus
        from sparekey_token.parts.screen import Screen

        self._chip = ssd1306.SSD1306(cells.oled)
        self._screen = Screen(Bus(pins.I2C), pins.OLED, pins.OLED_ADDRESS)
        self.pictures: dict[str, Image.Image] = {}
        self.view: Any = None

    def show(self, view: Any) -> None:
        """As the part, and takes a picture of a screen not seen before."""
        self._screen.show(view)
        self.view = view
        if view.name not in self.pictures:
            self.keep(view.name)

    def keep(self, name: str) -> None:
        """Takes a picture of what is shown now."""
        self.pictures[name] = Image.frombytes("1", (ssd1306.WIDTH, ssd1306.HEIGHT), self._chip.picture())

    def brightness(self, percent: int) -> None:
        """As the part."""
        self._screen.brightness(percent)

    def answers(self) -> bool:
        """As the part."""
        return self._screen.answers()

    @property
    def text(self) -> str:
        """What the view says."""
        return "\n".join(text[3] for text in self.view.texts)
