"""A picture in a file: PNG, JPEG, WebP and whatever else Pillow opens."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from sparekey.bridge.errors import NotReadable

from .ours import one_of

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 64 * 1024 * 1024
"""A file larger than this is no screenshot and no photograph."""


def read(name: str) -> str:
    """The text of the Sparekey QR code in the picture called ``name``."""
    try:
        with Path(name).expanduser().open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "not a file's name"
        raise NotReadable(f"{name}: {reason}") from fault
    return read_bytes(data, name)


def read_bytes(data: bytes, where: str) -> str:
    """The text of the Sparekey QR code in a picture's bytes."""
    from . import qr

    return one_of(qr.texts(opened(data, where)), where)


def opened(data: bytes, where: str) -> "Image.Image":
    """The picture, turned the way its camera says, on white where it is transparent."""
    from PIL import Image, ImageOps

    if len(data) > MAX_BYTES:
        raise NotReadable(f"{where} is larger than {MAX_BYTES // 2**20} MB")
    try:
        picture: Image.Image = Image.open(io.BytesIO(data))
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise NotReadable(f"{where} is not a picture") from fault
    picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        picture = Image.alpha_composite(white, clear)
    return picture.convert("L")
