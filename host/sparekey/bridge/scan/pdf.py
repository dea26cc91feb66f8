"""The pages of a PDF file, drawn by PDFium (an optional part: ``pip install 'sparekey[pdf]'``)."""

import math
from typing import TYPE_CHECKING

from sparekey.bridge.errors import NotReadable, PartMissing

from . import qr
from .ours import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

MAGIC = b"%PDF-"
# pixels for each of PDF's points (1/72 inch): 216 dots an inch
_SCALE = 3
_PAGES = 50
# a page larger than A1 is drawn in fewer dots: a few bytes make one of any size
_MAX_PIXELS = 40_000_000


def read_bytes(data: bytes, where: str) -> str:
    """The text of the Sparekey QR code on any of the first 50 pages."""
    found: list[str] = []
    for page in pages(data, where):
        found += qr.texts(page)
    return one_of(found, where)


def pages(data: bytes, where: str) -> "Iterator[Image.Image]":
    """Each page as a picture in grey; ``PartMissing`` without PDFium."""
    try:
        import pypdfium2
    except ImportError:
        raise PartMissing("PDFium", next_step="pip install 'sparekey[pdf]'") from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        raise NotReadable(f"{where} is not a whole PDF file") from fault
    try:
        for number in range(min(len(document), _PAGES)):
            try:
                page = document[number]
                width, height = page.get_size()
                scale = min(_SCALE, math.sqrt(_MAX_PIXELS / max(width * height, 1)))
                picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
                page.close()
            except (pypdfium2.PdfiumError, ValueError, MemoryError):
                continue  # a broken page: the code may be on another
            yield picture
    finally:
        document.close()
