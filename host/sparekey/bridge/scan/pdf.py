"""The pages of a PDF file, drawn by PDFium (an optional part: ``pip install 'sparekey[pdf]'``)."""

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
            page = document[number]
            yield page.render(scale=_SCALE, grayscale=True).to_pil().convert("L")
            page.close()
    finally:
        document.close()
