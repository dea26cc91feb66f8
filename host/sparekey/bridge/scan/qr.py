"""Reads the QR codes in a picture with zxing-cpp: a quick look, a thorough one, then a second sight.

Most pictures are read at the quick look, in two thirds of the time of zxing-cpp's best settings;
that time is spent on pictures that those settings don't read (``bench/qr.py``).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import zxingcpp

from .ours import is_ours

if TYPE_CHECKING:
    from PIL import Image

_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")
# pixels: a picture smaller than this is likely a cut-out, with few pixels a module
_SMALL = 100_000


def texts(picture: "Image.Image", *, spoilt: bool = True) -> list[str]:
    """The texts of the QR codes in ``picture``, up to the first look that finds one of ours.

    ``spoilt``: it may have come through a camera or compression; a screen's own picture has not.
    """
    grey = picture if picture.mode == "L" else picture.convert("L")
    found: list[str] = []
    for seen in _looks(grey, spoilt):
        found += seen
        if any(is_ours(text) for text in seen):
            break
    return list(dict.fromkeys(found))


def _looks(grey: "Image.Image", spoilt: bool) -> Iterator[list[str]]:
    if not spoilt:
        yield _read(grey, thorough=True)
        return
    yield _read(grey, thorough=False)
    yield _read(grey, thorough=True)
    from PIL import Image, ImageFilter

    # grain and compression break modules apart: a little blur joins them again
    yield _read(grey.filter(ImageFilter.BoxBlur(1)), thorough=False)
    if grey.width * grey.height < _SMALL:
        double = (grey.width * 2, grey.height * 2)
        yield _read(grey.resize(double, Image.Resampling.BICUBIC), thorough=False)


def _read(grey: "Image.Image", *, thorough: bool) -> list[str]:
    """``thorough``: rotated by right angles, light on dark and scaled down as well."""
    codes = zxingcpp.read_barcodes(
        grey, formats=_FORMATS, try_rotate=thorough, try_invert=thorough, try_downscale=thorough
    )
    return [code.text for code in codes]
