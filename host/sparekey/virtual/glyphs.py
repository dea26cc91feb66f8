"""Reads the OLED as a person does: text recognised from the pixels, by the glyphs of the font.

The font is CircuitPython's ``terminalio.FONT`` (Terminus, 6×12), as Blinka's displayio brings it.
"""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PIL.BdfFontFile import BdfFontFile

WIDTH, HEIGHT = 128, 64
CELL_WIDTH, CELL_HEIGHT = 6, 12
SUBSTITUTE = (0, 0, 62, 34, 34, 34, 34, 34, 34, 62, 0, 0)
"""The firmware's box for a letter that the font lacks, as ``glyph_rows`` has glyphs."""
_STROKES = frozenset("_-=¯")


def font_file() -> Path:
    """The BDF file of ``terminalio.FONT``."""
    spec = find_spec("displayio")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "resources" / "ter-u12n.bdf"


@cache
def glyph_rows(codepoint: int) -> tuple[int, ...] | None:
    """A glyph's twelve rows, six bits each, leftmost pixel highest; None where the font has none."""
    glyph = _font().glyph[codepoint] if codepoint < 256 else None
    if glyph is None:
        return None
    image = glyph[3]
    return tuple(
        sum(bool(image.getpixel((x, y))) << (CELL_WIDTH - 1 - x) for x in range(CELL_WIDTH))
        for y in range(CELL_HEIGHT)
    )


class _Piece(NamedTuple):
    """A run of glyphs: where it is, and how many lit pixels it explains."""

    lit: int
    scale: int
    y: int
    x: int
    text: str

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        width = len(self.text) * CELL_WIDTH * self.scale
        return self.x, self.y, self.x + width, self.y + CELL_HEIGHT * self.scale


def text_of(picture: bytes) -> str:
    """The text in a picture (1024 bytes, as ``SSD1306.picture`` gives it): a line for each row of text.

    Of all runs of glyphs, anywhere and at both scales, the one that explains most lit pixels is taken
    first; what it explains is not read again. Two pieces in one row are joined by two spaces.
    """
    rows = [int.from_bytes(picture[y * 16 : y * 16 + 16], "big") for y in range(HEIGHT)]
    columns = [sum((rows[y] >> (WIDTH - 1 - x) & 1) << y for y in range(HEIGHT)) for x in range(WIDTH)]
    found: list[_Piece] = []
    while True:
        candidates = [piece for scale in (1, 2) for piece in _pieces(columns, scale)]
        candidates.sort(key=lambda piece: (-piece.lit, piece.scale))
        taken: list[_Piece] = []
        for piece in candidates:
            if not any(_overlap(piece.box, other.box) for other in taken):
                taken.append(piece)
        for piece in taken:
            _clear(columns, piece.box)
        if not taken:
            break
        found += taken
    lines: dict[int, list[_Piece]] = {}
    for piece in sorted(found, key=lambda piece: (piece.y, piece.x)):
        lines.setdefault(piece.y, []).append(piece)
    return "\n".join("  ".join(piece.text for piece in line) for line in lines.values())


def _pieces(columns: list[int], scale: int) -> Iterator[_Piece]:
    """Every maximal run of glyphs at one scale."""
    height, width = CELL_HEIGHT * scale, CELL_WIDTH * scale
    glyphs, mask = _glyphs(scale), (1 << height) - 1
    blank = (0,) * width
    for y in range(HEIGHT - height + 1):
        band = [column >> y & mask for column in columns]
        if not any(band):
            continue
        for start in range(width):
            text, lit, begin = "", 0, start
            for x in range(start, WIDTH - width + 1, width):
                cell = tuple(band[x : x + width])
                if cell == blank:
                    text += " "
                    continue
                glyph = glyphs.get(cell)
                if glyph is None:
                    yield from _piece(columns, text, lit, scale, y, begin)
                    text, lit, begin = "", 0, x + width
                else:
                    text += glyph
                    lit += sum(column.bit_count() for column in cell)
            yield from _piece(columns, text, lit, scale, y, begin)


def _piece(columns: list[int], text: str, lit: int, scale: int, y: int, x: int) -> Iterator[_Piece]:
    if not lit:
        return
    x += (len(text) - len(text.lstrip())) * CELL_WIDTH * scale
    piece = _Piece(lit, scale, y, x, text.strip())
    if set(piece.text) <= _STROKES and _touched(columns, piece.box):
        return  # the edge of a bar
    yield piece


def _touched(columns: list[int], box: tuple[int, int, int, int]) -> bool:
    """Whether there are lit pixels right beside it."""
    left, top, right, bottom = box
    edges, sides = (1 << bottom) | (1 << top >> 1), (1 << bottom) - (1 << top)
    beside = columns[max(left - 1, 0) : left] + columns[right : right + 1]
    return any(column & edges for column in columns[left:right]) or any(column & sides for column in beside)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _clear(columns: list[int], box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    for x in range(left, right):
        columns[x] &= ~((1 << bottom) - (1 << top))


@cache
def _font() -> BdfFontFile:
    with font_file().open("rb") as file:
        return BdfFontFile(file)


@cache
def _glyphs(scale: int) -> dict[tuple[int, ...], str]:
    """Every glyph at a scale, as columns with the top pixel lowest → its character.

    Of glyphs that look alike, the first in Unicode.
    """
    known: dict[tuple[int, ...], str] = {}
    drawn = [(chr(codepoint), glyph_rows(codepoint)) for codepoint in range(0x21, 0x100)]
    for character, rows in [*drawn, ("□", SUBSTITUTE)]:
        if rows is None or not any(rows):
            continue
        columns = tuple(
            sum(
                (rows[y // scale] >> (CELL_WIDTH - 1 - x // scale) & 1) << y
                for y in range(CELL_HEIGHT * scale)
            )
            for x in range(CELL_WIDTH * scale)
        )
        known.setdefault(columns, character)
    return known
