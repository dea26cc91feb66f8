"""An SH1107 OLED controller (Sino Wealth SH1107 V2.1) with the panel of Adafruit's 128×64 FeatherWing.

Its GDDRAM has 128 columns of 16 pages. A column is what one COM line shows ("Set Display Start Line":
"specify Column address to determine the initial display line or COM0"); its 16 bytes, lowest bit first,
are the 128 segments. So a driver of the wing turns its picture by 90 degrees.

The panel's 64 lines are on the middle commons, COM95 at the top to COM32; segment 0 is at the left. That
is not in the chip's datasheet: it follows from the settings with which Adafruit's drivers show an upright
picture on the wing (offset 60h, 64 lines, no remap, rotation 90).
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from .oled import BIT, HEIGHT, WIDTH, Oled

COLUMNS, PAGES = 128, 16
_TOP_COM = 95

__all__ = ["CELLS", "HEIGHT", "SH1107", "WIDTH"]


class SH1107(Oled):
    """The controller, in a buffer of ``cells()`` bytes."""

    GDDRAM = COLUMNS * PAGES
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
        "vertical",
        "column",
        "page",
    )
    RESET: ClassVar[Mapping[str, int]] = {"contrast": 0x80, "multiplex": 127}
    ARGUMENTS: ClassVar[Mapping[int, int]] = dict.fromkeys(
        (0x81, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDB, 0xDC), 1
    )

    def read(self, length: int) -> bytes:
        """Status and ID: bit 6 is set while the display is off, the ID is 7 ("Read ID")."""
        return bytes([0x07 | (0x00 if self.register("on") else 0x40)]) * length

    @property
    def lit(self) -> bool:
        """Whether the display is on: its DC-DC converter is, too, unless it is told otherwise (ADh)."""
        return bool(self.register("on"))

    def _store(self, value: int) -> None:
        column, page = self.register("column"), self.register("page")
        self._cells[page * COLUMNS + column] = value
        if self.register("vertical"):
            page = (page + 1) % PAGES
            self._set("page", page)
        if not self.register("vertical") or page == 0:
            # page addressing: the column goes on and comes round, the page stays
            self._set("column", (column + 1) % COLUMNS)

    def _obey(self, command: int, arguments: Sequence[int]) -> None:
        if command <= 0x0F:
            self._set("column", self.register("column") & 0x70 | command)
        elif command <= 0x17:
            self._set("column", self.register("column") & 0x0F | (command & 0x07) << 4)
        elif command in (0x20, 0x21):
            self._set("vertical", command & 1)
        elif command == 0x81:
            self._set("contrast", arguments[0])
        elif command in (0xA0, 0xA1):
            self._set("segment_remap", command & 1)
        elif command in (0xA4, 0xA5):
            self._set("all_on", command & 1)
        elif command in (0xA6, 0xA7):
            self._set("inverse", command & 1)
        elif command == 0xA8:
            self._set("multiplex", arguments[0] & 0x7F)
        elif command in (0xAE, 0xAF):
            self._set("on", command & 1)
        elif 0xB0 <= command <= 0xBF:
            self._set("page", command & 0x0F)
        elif 0xC0 <= command <= 0xCF:
            self._set("com_reversed", command >> 3 & 1)
        elif command == 0xD3:
            self._set("offset", arguments[0] & 0x7F)
        elif command == 0xDC:
            self._set("start_line", arguments[0] & 0x7F)

    def _line(self, line: int) -> bytes:
        shown = self._scanned(_TOP_COM - line)
        if shown is None:
            return bytes(WIDTH // 8)
        if self.register("all_on"):
            return b"\xff" * (WIDTH // 8)
        column = (shown + self.register("start_line")) % COLUMNS
        dots = "".join(
            self._cells[page * COLUMNS + column : page * COLUMNS + column + 1]
            .tobytes()
            .translate(bit)
            .decode()
            for page in range(PAGES)
            for bit in BIT
        )
        if self.register("segment_remap"):
            dots = dots[::-1]
        value = int(dots, 2)
        if self.register("inverse"):
            value ^= (1 << WIDTH) - 1
        return value.to_bytes(WIDTH // 8, "big")

    def _scanned(self, com: int) -> int | None:
        """Which of the scanned lines a common shows, counted from the start line; None where it is dark."""
        line = (com + self.register("offset")) % COLUMNS
        lines = self.register("multiplex") + 1
        if line >= lines:
            return None
        return lines - 1 - line if self.register("com_reversed") else line


CELLS = SH1107.cells()
"""Bytes of the chip's state."""
