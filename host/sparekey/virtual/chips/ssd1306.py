"""An SSD1306 OLED controller with its 128×64 panel (Solomon Systech SSD1306 rev 1.1).

Commands and addressing are the datasheet's (§8.1.5, §9, §10); scrolling (26h–2Fh, A3h) is taken and
not moved. The panel is the common four-pin module: upright with A1h and C8h, COM pins in alternative
order, light only with the charge pump on, for it has no VCC of its own.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from .oled import BIT, FLIPPED, HEIGHT, WIDTH, Oled

PAGES = 8
GDDRAM = WIDTH * PAGES

_HORIZONTAL, _VERTICAL = 0, 1

__all__ = ["CELLS", "GDDRAM", "HEIGHT", "SSD1306", "WIDTH"]


class SSD1306(Oled):
    """The controller, in a buffer of ``cells()`` bytes."""

    GDDRAM = GDDRAM
    REGISTERS = (
        "on",
        "all_on",
        "inverse",
        "contrast",
        "start_line",
        "offset",
        "segment_remap",
        "com_reversed",
        "multiplex",
        "com_pins",
        "charge_pump",
        "addressing",
        "column",
        "column_start",
        "column_end",
        "page",
        "page_start",
        "page_end",
    )
    # after reset (§9, "[reset]" and table 9-1)
    RESET: ClassVar[Mapping[str, int]] = {
        "contrast": 0x7F,
        "multiplex": 63,
        "com_pins": 0x12,
        "addressing": 2,
        "column_end": WIDTH - 1,
        "page_end": PAGES - 1,
    }
    # table 9-1
    ARGUMENTS: ClassVar[Mapping[int, int]] = {
        0x20: 1,
        0x21: 2,
        0x22: 2,
        0x26: 6,
        0x27: 6,
        0x29: 5,
        0x2A: 5,
        0x81: 1,
        0x8D: 1,
        0xA3: 2,
        0xA8: 1,
        0xD3: 1,
        0xD5: 1,
        0xD9: 1,
        0xDA: 1,
        0xDB: 1,
    }

    def read(self, length: int) -> bytes:
        """The status register: bit 6 is set while the display is off (§9, "Read Status register")."""
        return bytes([0x00 if self.register("on") else 0x40]) * length

    def _store(self, value: int) -> None:
        column, page = self.register("column"), self.register("page")
        self._cells[page * WIDTH + column] = value
        mode = self.register("addressing")
        if mode == _VERTICAL:
            page = self._next(page, "page", PAGES)
            if page == self.register("page_start"):
                column = self._next(column, "column", WIDTH)
        elif mode == _HORIZONTAL:
            column = self._next(column, "column", WIDTH)
            if column == self.register("column_start"):
                page = self._next(page, "page", PAGES)
        else:
            column = (column + 1) % WIDTH  # page addressing: the page stays (§10.1.3)
        self._set("column", column)
        self._set("page", page)

    def _next(self, at: int, axis: str, size: int) -> int:
        return self.register(axis + "_start") if at == self.register(axis + "_end") else (at + 1) % size

    def _obey(self, command: int, arguments: Sequence[int]) -> None:
        if command <= 0x0F:
            self._set("column", self.register("column") & 0x70 | command)
        elif command <= 0x1F:
            self._set("column", self.register("column") & 0x0F | (command & 0x07) << 4)
        elif command == 0x20:
            self._set("addressing", arguments[0] & 3)
        elif command == 0x21:
            self._window("column", arguments, 0x7F)
        elif command == 0x22:
            self._window("page", arguments, 0x07)
        elif 0x40 <= command <= 0x7F:
            self._set("start_line", command & 0x3F)
        elif command == 0x81:
            self._set("contrast", arguments[0])
        elif command == 0x8D:
            self._set("charge_pump", arguments[0] >> 2 & 1)
        elif command in (0xA0, 0xA1):
            self._set("segment_remap", command & 1)
        elif command in (0xA4, 0xA5):
            self._set("all_on", command & 1)
        elif command in (0xA6, 0xA7):
            self._set("inverse", command & 1)
        elif command == 0xA8:
            if arguments[0] & 0x3F >= 15:  # 0 to 14 are invalid entries
                self._set("multiplex", arguments[0] & 0x3F)
        elif command in (0xAE, 0xAF):
            self._set("on", command & 1)
        elif 0xB0 <= command <= 0xB7:
            self._set("page", command & 7)
        elif 0xC0 <= command <= 0xCF:
            self._set("com_reversed", command >> 3 & 1)
        elif command == 0xD3:
            self._set("offset", arguments[0] & 0x3F)
        elif command == 0xDA:
            self._set("com_pins", arguments[0])

    def _window(self, axis: str, arguments: Sequence[int], mask: int) -> None:
        start, end = arguments[0] & mask, arguments[1] & mask
        self._set(axis + "_start", start)
        self._set(axis + "_end", end)
        self._set(axis, start)

    @property
    def lit(self) -> bool:
        """Whether the panel gives light at all: display on and charge pump on."""
        return bool(self.register("on") and self.register("charge_pump"))

    def _line(self, line: int) -> bytes:
        """One of the panel's lines, from the left."""
        row = self._row_at(line)
        if row is None:
            return bytes(WIDTH // 8)
        if self.register("all_on"):
            return b"\xff" * (WIDTH // 8)
        ram = (row + self.register("start_line")) % HEIGHT
        cells, bit = bytes(self._cells[ram // 8 * WIDTH : (ram // 8 + 1) * WIDTH]), ram % 8
        pixels = cells.translate(BIT[bit])
        if not self.register("segment_remap"):
            pixels = pixels[::-1]
        if self.register("inverse"):
            pixels = pixels.translate(FLIPPED)
        return int(pixels, 2).to_bytes(WIDTH // 8, "big")

    def _row_at(self, line: int) -> int | None:
        """The controller's ROW that drives a line of the panel; None where the multiplexer leaves it dark."""
        pin = HEIGHT - 1 - line  # the panel's top line is on COM63
        pins = self.register("com_pins")
        if pins & 0x20:
            pin = (pin + 32) % HEIGHT  # left and right half exchanged (§10.1.18)
        if not pins & 0x10:
            pin = pin // 2 + 32 * (pin % 2)  # sequential on a panel wired for alternative
        ratio = self.register("multiplex") + 1
        com = ratio - 1 - pin if self.register("com_reversed") else pin
        if not 0 <= com < ratio:
            return None
        return (com + self.register("offset")) % HEIGHT


CELLS = SSD1306.cells()
"""Bytes of the chip's state."""
