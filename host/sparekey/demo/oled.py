"""The OLED's picture in a terminal: half blocks where it is wide, braille where it isn't."""

from PIL import Image

# two pixels a character, one above the other: index 2 is the upper one, 1 the lower
_HALVES = " ▄▀█"
# bit of each of braille's eight dots, by row and column (Unicode, "Braille Patterns")
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def shown(text: str, picture: Image.Image, columns: int) -> str:
    """``picture`` drawn in at most ``columns``, or the ``text`` on it where they are too few for that."""
    return drawn(picture, columns) if columns >= picture.width // 2 + 2 else text


def drawn(picture: Image.Image, columns: int) -> str:
    """``picture`` (lit pixels are white) as lines of text at most ``columns`` (66 or more) wide, framed.

    Pixels come out square in both ways: a character is about twice as high as wide.
    """
    lit = picture.convert("1")
    lines = _half_blocks(lit) if columns >= lit.width + 2 else _braille(lit)
    width = len(lines[0])
    framed = ["┌" + "─" * width + "┐", *("│" + line + "│" for line in lines), "└" + "─" * width + "┘"]
    return "\n".join(framed)


def _half_blocks(lit: Image.Image) -> list[str]:
    return [
        "".join(
            _HALVES[2 * bool(lit.getpixel((x, y))) + bool(lit.getpixel((x, y + 1)))] for x in range(lit.width)
        )
        for y in range(0, lit.height, 2)
    ]


def _braille(lit: Image.Image) -> list[str]:
    return [
        "".join(
            chr(
                0x2800
                + sum(
                    dot
                    for row, dots in enumerate(_DOTS)
                    for column, dot in enumerate(dots)
                    if lit.getpixel((x + column, y + row))
                )
            )
            for x in range(0, lit.width, 2)
        )
        for y in range(0, lit.height, 4)
    ]
