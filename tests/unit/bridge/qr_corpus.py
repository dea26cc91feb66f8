"""Pictures of one QR code as cameras and screens spoil it: the same ones in every run."""

import io
import random
from collections.abc import Iterator

import segno
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from sparekey_token.core import compose

TEXT = compose.to_text(
    compose.login_body(bytes(range(8)), bytes(range(16)), 2**31, True, "Example Bank", "Firefox, Ghent")
)


def corpus() -> Iterator[tuple[str, Image.Image]]:
    """``(what was done to it, picture in grey)``; about a hundred and fifty."""
    seed = random.Random(6)
    for scale in (2, 3, 4, 6, 10):
        for angle in (0, 7, 33, 90, 171):
            yield f"scale {scale}, turned {angle}°", on_page(turned(code(scale), angle))
    for scale in (3, 5):
        for radius in (0.6, 1.0, 1.4, 1.8, 2.2, 2.6):
            blurred = on_page(turned(code(scale), 4)).filter(ImageFilter.GaussianBlur(radius))
            yield f"scale {scale}, blurred {radius}", blurred
    for scale in (3, 5):
        for quality in (5, 10, 20, 40):
            yield f"scale {scale}, JPEG {quality}", jpeg(on_page(turned(code(scale), 3)), quality)
    for scale in (4, 7):
        for lean in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
            yield f"scale {scale}, leaning {lean}", leaning(on_page(code(scale)), lean)
    for scale in (3, 5):
        for strength in (20, 40, 60, 80, 100):
            yield f"scale {scale}, noise {strength}", noisy(on_page(code(scale)), strength, seed)
    for scale in (3, 5):
        for contrast in (0.5, 0.3, 0.15, 0.08):
            yield (
                f"scale {scale}, contrast {contrast}",
                ImageEnhance.Contrast(on_page(code(scale))).enhance(contrast),
            )
    for scale in (2, 4, 7):
        yield f"scale {scale}, light on dark", ImageOps.invert(on_page(turned(code(scale), 5)))
        yield f"scale {scale}, in a shadow", shadowed(on_page(code(scale)))
    for scale in (4, 6):
        for shrunk in (0.3, 0.37, 0.43, 0.5, 0.61, 0.73):
            page = on_page(code(scale))
            small = page.resize(
                (int(page.width * shrunk), int(page.height * shrunk)), Image.Resampling.BILINEAR
            )
            yield f"scale {scale}, shrunk to {shrunk}", small
    for number in range(40):
        page = on_page(turned(code(seed.choice((3, 4, 5, 6))), seed.uniform(-20, 20)))
        page = leaning(page, seed.uniform(0, 0.15)).filter(ImageFilter.GaussianBlur(seed.uniform(0, 1.6)))
        page = ImageEnhance.Contrast(page).enhance(seed.uniform(0.4, 1))
        yield f"photograph {number}", jpeg(noisy(page, seed.randint(0, 40), seed), seed.randint(20, 80))


def code(scale: int) -> Image.Image:
    """The QR code with its quiet zone, ``scale`` pixels a module."""
    out = io.BytesIO()
    segno.make(TEXT, error="m", micro=False).save(out, kind="png", scale=scale)
    return Image.open(out).convert("L")


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def on_page(picture: Image.Image) -> Image.Image:
    """Somewhere on a page with lines of something like text."""
    page = Image.new("L", (picture.width + 260, picture.height + 160), 245)
    for line in range(0, page.height - 10, 22):
        page.paste(60, (20, line + 8, 90 + line * 37 % 120, line + 14))
    page.paste(picture, (230, 80))
    return page


def leaning(picture: Image.Image, lean: float) -> Image.Image:
    """Seen from aside: the far edge is shorter by ``lean`` at both ends."""
    width, height = picture.size
    shift = lean * height
    # the eight coefficients that map the output back (Pillow, Image.transform)
    corners = [(0, 0), (width, shift / 2), (width, height - shift / 2), (0, height)]
    data = _perspective(corners, [(0, 0), (width, 0), (width, height), (0, height)])
    return picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor=245
    )


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("L")


def noisy(picture: Image.Image, strength: int, seed: random.Random) -> Image.Image:
    grain = Image.frombytes("L", picture.size, seed.randbytes(picture.width * picture.height))
    return Image.blend(picture, grain, min(0.9, strength / 160))


def shadowed(picture: Image.Image) -> Image.Image:
    """Half in the dark."""
    shade = Image.linear_gradient("L").rotate(90).resize(picture.size)
    return Image.composite(picture, picture.point(lambda value: value // 5), shade)


def _perspective(seen: list[tuple[float, float]], real: list[tuple[float, float]]) -> tuple[float, ...]:
    """Solves for the transform that takes the corners ``seen`` to ``real`` (Gauss, eight unknowns)."""
    rows = []
    for (x, y), (u, v) in zip(seen, real, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return tuple(row[8] for row in rows)
