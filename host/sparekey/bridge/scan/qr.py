"""Reads the QR codes in a picture with zxing-cpp, looking a second time where nothing was found."""

from typing import TYPE_CHECKING

import zxingcpp

if TYPE_CHECKING:
    from PIL import Image


_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")


def texts(picture: "Image.Image") -> list[str]:
    """The texts of all QR codes in ``picture``: rotated, light on dark, small or large."""
    grey = picture if picture.mode == "L" else picture.convert("L")
    return _read(grey)


def _read(grey: "Image.Image") -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(grey, formats=_FORMATS)]
