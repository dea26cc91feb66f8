"""A text in large type for a terminal: the glyphs of a bitmap font as half blocks."""

_HALVES = " ▄▀█"


def large(text: str) -> list[str]:
    """``text`` as lines of half blocks, six columns a character."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default_imagefont()
    left, top, right, bottom = font.getbbox(text)
    width, height = int(right - left), int(bottom - top)
    picture = Image.new("1", (width, height + height % 2))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=1, font=font)
    lines = [
        "".join(
            _HALVES[2 * bool(picture.getpixel((x, y))) + bool(picture.getpixel((x, y + 1)))]
            for x in range(picture.width)
        ).rstrip()
        for y in range(0, picture.height, 2)
    ]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines
