"""The OLED, through ``displayio`` and Adafruit's drivers; text as TileGrids over one sheet of glyphs.

``adafruit_display_text`` keeps 12 KB of heap for what is a row of 6×12 cells here; the sheet keeps 1.2 KB,
is drawn once from ``terminalio``'s font, and has room for a substitute glyph and for letters beyond
ASCII that the font has.
"""

import displayio
import terminalio
import vectorio
from i2cdisplaybus import I2CDisplayBus

try:
    from typing import Any

    from .bus import Bus
except ImportError:
    pass

_WIDTH, _HEIGHT = 6, 12
_FIRST, _LAST = 0x20, 0x7E
_SUBSTITUTE = _LAST + 1 - _FIRST
_SPARE = 24  # tiles for letters beyond ASCII: more than any screen of names needs


class Screen:
    """A 128×64 OLED."""

    def __init__(self, bus: "Bus", kind: str, address: int) -> None:
        """``kind`` is ``ssd1306`` or ``sh1107``; it need not be plugged in yet."""
        displayio.release_displays()
        self._bus = bus
        self._kind = kind
        self._address = address
        self._display: "Any" = None
        self._shown = None
        self._percent = 100
        self._palette = displayio.Palette(2)
        self._palette[1] = 0xFFFFFF
        self._bar_palette = displayio.Palette(1)
        self._bar_palette[0] = 0xFFFFFF
        self._sheet = displayio.Bitmap(_WIDTH * (_SUBSTITUTE + 1 + _SPARE), _HEIGHT, 2)
        for code in range(_FIRST, _LAST + 1):
            self._draw_tile(code - _FIRST, code)
        for y in range(2, 10):
            for x in range(5):
                if y in (2, 9) or x in (0, 4):
                    self._sheet[_SUBSTITUTE * _WIDTH + x, y] = 1
        self._others: "dict[int, int]" = {}
        self._root = displayio.Group()
        self._tiles: "list[Any]" = []
        self._shape: "object" = None

    def show(self, view) -> None:  # type: ignore[no-untyped-def]
        """Draws ``view``; ``OSError`` where no display answers, which is then looked for each time.

        The bus reports nothing of what is sent to a display, so it is asked first.
        """
        if view == self._shown:
            return
        self._shown = None
        if not self._bus.answers(self._address):
            self._release()
            raise OSError("no display answers")
        self._open()
        self._lay_out(view)
        self._display.refresh()
        self._shown = view

    def brightness(self, percent: int) -> None:
        """From 1 to 100; what a damaged setting says beyond is taken as the nearest."""
        self._percent = max(1, min(100, percent))
        if self._display is not None:
            self._display.brightness = self._percent / 100

    def answers(self) -> bool:
        """Whether the display is there; one that went lost what it showed."""
        if not self._bus.answers(self._address):
            self._shown = None
            self._release()
            return False
        return self._display is not None

    def _open(self) -> None:
        if self._display is not None:
            return
        try:
            wire = I2CDisplayBus(self._bus.i2c(), device_address=self._address)
        except (RuntimeError, ValueError):
            raise OSError("no display answers")
        if self._kind == "sh1107":
            from adafruit_displayio_sh1107 import DISPLAY_OFFSET_ADAFRUIT_FEATHERWING_OLED_4650, SH1107

            self._display = SH1107(
                wire,
                width=128,
                height=64,
                display_offset=DISPLAY_OFFSET_ADAFRUIT_FEATHERWING_OLED_4650,
                auto_refresh=False,
            )
        else:
            from adafruit_displayio_ssd1306 import SSD1306

            self._display = SSD1306(wire, width=128, height=64, auto_refresh=False)
        self._display.root_group = self._root
        self._display.brightness = self._percent / 100

    def _release(self) -> None:
        if self._display is not None:
            self._display.root_group = None
            self._display = None
            displayio.release_displays()

    def _lay_out(self, view) -> None:  # type: ignore[no-untyped-def]
        if len(self._others) >= _SPARE:
            self._others = {}
        # where only letters change (a clock, a countdown) nothing is made anew
        shape = [(x, y, scale, len(text)) for x, y, scale, text in view.texts]
        if shape != self._shape:
            while len(self._root):
                self._root.pop()
            self._tiles = []
            for x, y, scale, length in shape:
                group = displayio.Group(scale=scale, x=x, y=y)
                if length:
                    grid = displayio.TileGrid(
                        self._sheet,
                        pixel_shader=self._palette,
                        width=length,
                        height=1,
                        tile_width=_WIDTH,
                        tile_height=_HEIGHT,
                    )
                    group.append(grid)
                else:
                    grid = None
                self._tiles.append(grid)
                self._root.append(group)
            self._bar = vectorio.Rectangle(pixel_shader=self._bar_palette, width=1, height=1, x=0, y=0)
            self._root.append(self._bar)
            self._shape = shape
        for grid, text in zip(self._tiles, view.texts):
            for place in range(len(text[3])):
                grid[place] = self._tile(ord(text[3][place]))
        self._show_bar(view.bar)

    def _show_bar(self, bar: "tuple[int, int, int] | None") -> None:
        width = 128 * bar[2] // 1000 if bar else 0
        self._bar.hidden = not width
        if bar and width:
            self._bar.y = bar[0]
            self._bar.height = bar[1]
            self._bar.width = min(width, 128)

    def _tile(self, code: int) -> int:
        if _FIRST <= code <= _LAST:
            return code - _FIRST
        tile = self._others.get(code)
        if tile is None:
            if len(self._others) >= _SPARE or code < 0xA0 or terminalio.FONT.get_glyph(code) is None:
                return _SUBSTITUTE
            tile = _SUBSTITUTE + 1 + len(self._others)
            self._draw_tile(tile, code)
            self._others[code] = tile
        return tile

    def _draw_tile(self, tile: int, code: int) -> None:
        glyph: "Any" = terminalio.FONT.get_glyph(code)
        if glyph is None:
            return
        # CircuitPython: one bitmap with all glyphs in a row; Blinka: one bitmap a glyph
        left = glyph.tile_index * _WIDTH
        for y in range(_HEIGHT):
            for x in range(_WIDTH):
                self._sheet[tile * _WIDTH + x, y] = glyph.bitmap[left + x, y]
