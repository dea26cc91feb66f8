"""A text in large type for a terminal: letters drawn as half blocks, two pixels a character cell."""

_HALVES = " ▄▀█"
# pixels: from here on every letter and digit can be told from the others at a glance
_SIZE = 14


def large(text: str) -> list[str]:
    """``text`` as lines of half blocks, some nine columns a character."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(_SIZE)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    picture = Image.new("1", (right - left + 1, bottom - top + (bottom - top) % 2))
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    draw.text((-left, -top), text, fill=1, font=font)
    return [
        "".join(
            _HALVES[2 * bool(picture.getpixel((x, y))) + bool(picture.getpixel((x, y + 1)))]
            for x in range(picture.width)
        ).rstrip()
        for y in range(0, picture.height, 2)
    ]
