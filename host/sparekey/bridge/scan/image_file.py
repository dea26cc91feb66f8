"""A picture in a file: PNG, JPEG, WebP, HEIC where its library is there, and whatever else Pillow opens."""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sparekey.bridge.errors import NotReadable, PartMissing

from .ours import one_of

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 64 * 1024 * 1024
"""A file larger than this is no screenshot and no photograph."""

MAX_PIXELS = 128_000_000
"""A picture with more than this is no photograph either; a byte in a file can stand for thousands of them."""

# PostScript: Pillow would have Ghostscript run it, and it is a program, not a picture
_POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")

# the box type and brand at the start of a HEIF file (ISO/IEC 23008-12 §10)
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")


def read(name: str) -> str:
    """The text of the Sparekey QR code in the picture called ``name``."""
    try:
        with _path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "not a file's name"
        raise NotReadable(f"{name}: {reason}") from fault
    return read_bytes(data, name)


def _path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no user is called that: a file's name may begin with ~ as well
        return Path(name)


def read_bytes(data: bytes, where: str) -> str:
    """The text of the Sparekey QR code in a picture's bytes, or a PDF's."""
    from . import pdf, qr

    if data[: len(pdf.MAGIC)] == pdf.MAGIC:
        return pdf.read_bytes(data, where)
    return one_of(qr.texts(opened(data, where)), where)


def opened(data: bytes, where: str) -> "Image.Image":
    """The picture, turned the way its camera says, on white where it is transparent."""
    from PIL import Image, ImageOps

    if len(data) > MAX_BYTES:
        raise NotReadable(f"{where} is larger than {MAX_BYTES // 2**20} MB")
    if data[4:12] in _HEIC:
        _learn_heic(where)
    if data.startswith(_POSTSCRIPT):
        raise NotReadable(f"{where} is PostScript")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is our own
            picture: Image.Image = Image.open(io.BytesIO(data))
        if picture.width * picture.height > MAX_PIXELS:
            raise NotReadable(f"{where} has more than {MAX_PIXELS // 10**6} million pixels")
        return _in_grey(ImageOps.exif_transpose(picture))
    except NotReadable:
        raise
    except Exception as fault:  # what Pillow's fifty formats raise at broken bytes is written nowhere
        raise NotReadable(f"{where} is not a picture") from fault


def _in_grey(picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        picture = Image.alpha_composite(white, clear)
    return picture.convert("L")


def _learn_heic(where: str) -> None:
    """Teaches Pillow HEIC (an optional part: ``pip install 'sparekey[heic]'``)."""
    try:
        import pillow_heif
    except ImportError:
        raise PartMissing(f"{where} is HEIC", next_step="pip install 'sparekey[heic]'") from None
    pillow_heif.register_heif_opener()
