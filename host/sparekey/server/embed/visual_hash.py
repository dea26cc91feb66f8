"""A picture of a server's public key, for people to recognise it by."""

import hashlib
import io

from PIL import Image, ImageDraw

_CELLS = 8
_SIDE = 256  # pixels


def png(public_key: bytes) -> bytes:
    """A PNG of 256 pixels: a mirrored 8×8 pattern in two colours on a third, all from the key's SHA-256."""
    digest = hashlib.sha256(b"sparekey visual hash\x00" + public_key).digest()
    hue = digest[0] * 360 // 256
    colours = [
        f"hsl({(hue + turn) % 360},{55 + digest[1] % 30}%,{light}%)"
        for turn, light in ((0, 92), (0, 38), (150, 45))
    ]
    picture = Image.new("RGB", (_SIDE, _SIDE), colours[0])
    draw = ImageDraw.Draw(picture)
    cell = _SIDE // _CELLS
    bits = int.from_bytes(digest[2:18], "big")
    for y in range(_CELLS):
        for x in range(_CELLS // 2):
            kind, bits = bits & 3, bits >> 2
            if kind < 2:
                continue
            for column in (x, _CELLS - 1 - x):
                left, top = column * cell, y * cell
                draw.rectangle((left, top, left + cell - 1, top + cell - 1), fill=colours[kind - 1])
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
