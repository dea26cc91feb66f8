"""Reading QR codes, beside bare zxing-cpp with its best settings in the same run.

The corpus of spoilt pictures that the tests make, and a login page's screenshot of 2560×1440 pixels.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import zxingcpp
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.unit.bridge.qr_corpus import TEXT, code, corpus, on_page

from sparekey.bridge.scan import qr

_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")

Read = Callable[[Image.Image], list[str]]


def bare(picture: Image.Image) -> list[str]:
    """zxing-cpp alone; rotate, invert and downscale are on by default."""
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=_FORMATS)]


def screenshot(colour: bool) -> Image.Image:
    """A page with a QR code on a large screen."""
    page = Image.new("L", (2560, 1440), 250)
    for left in range(0, 2560, 640):
        for top in range(0, 1440, 360):
            page.paste(on_page(Image.new("L", (300, 180), 230)), (left, top))
    page.paste(code(6), (1100, 500))
    return page.convert("RGB") if colour else page


def seconds(read: Read, pictures: list[Image.Image]) -> float:
    """The time to read them all."""
    begin = time.perf_counter()
    for picture in pictures:
        read(picture)
    return time.perf_counter() - begin


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    pairs = 7 if parser.parse_args().quick else 31
    cases = {
        "corpus": [picture for _, picture in corpus()],
        "2560x1440, grey": [screenshot(False)],
        "2560x1440, colour": [screenshot(True)],
    }
    print(f"{'pictures':<20}{'read':>6}{'bare':>6}{'ms':>10}{'bare ms':>10}{'ratio':>8}")
    worst = 0.0
    for name, pictures in cases.items():
        times = []
        for _ in range(pairs):
            ours = seconds(qr.texts, pictures)
            times.append((ours, seconds(bare, pictures)))
        ratio = statistics.median(ours / floor for ours, floor in times)
        worst = max(worst, ratio)
        counts = [sum(TEXT in read(picture) for picture in pictures) for read in (qr.texts, bare)]
        each = [statistics.median(column) * 1000 / len(pictures) for column in zip(*times, strict=True)]
        print(f"{name:<20}{counts[0]:>6}{counts[1]:>6}{each[0]:>10.2f}{each[1]:>10.2f}{ratio:>8.2f}")
    print(f"qr: at most {worst:.2f} of bare zxing-cpp's time (median of {pairs} pairs; allowed 1.2)")


if __name__ == "__main__":
    main()
