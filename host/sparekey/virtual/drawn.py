"""Draws what MicroPython's plain screen would show onto the emulated OLED, as the firmware's driver does."""

import json
from pathlib import Path

from .chips.oled import Oled
from .chips.ssd1306 import GDDRAM, HEIGHT, WIDTH
from .glyphs import CELL_HEIGHT, CELL_WIDTH, SUBSTITUTE, glyph_rows

# upright, charge pump on, horizontal addressing, the whole window, on
_INITIAL = bytes.fromhex("00 ae 2000 a1 c8 8d14 21007f 220007 af")


def draw(view: Path, oled: Oled) -> None:
    """Draws the view in the file (JSON ``[name, texts, bar, percent]``)."""
    _, texts, bar, percent = json.loads(view.read_bytes())
    gddram = bytearray(GDDRAM)

    def light(x: int, y: int, width: int, height: int) -> None:
        for row in range(max(y, 0), min(y + height, HEIGHT)):
            for column in range(max(x, 0), min(x + width, WIDTH)):
                gddram[row // 8 * WIDTH + column] |= 1 << row % 8

    for x, y, scale, text in texts:
        for place, letter in enumerate(text):
            rows = glyph_rows(ord(letter)) or SUBSTITUTE
            for line in range(CELL_HEIGHT):
                for column in range(CELL_WIDTH):
                    if rows[line] >> (CELL_WIDTH - 1 - column) & 1:
                        left = x + (place * CELL_WIDTH + column) * scale
                        light(left, y + line * scale, scale, scale)
    if bar:
        light(0, bar[0], WIDTH * bar[2] // 1000, bar[1])
    oled.write(_INITIAL + bytes([0x81, round(0xFF * percent / 100)]))
    oled.write(b"\x40" + gddram)
