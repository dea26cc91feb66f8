"""Reading QR codes, beside bare zxing-cpp with its best settings in the same run.

The corpus of spoilt pictures that the tests make, and a screenshot of 2560×1440 pixels; what ``sparekey
watch`` takes for a look at a screen where nothing has changed.
"""

import zxingcpp
from PIL import Image
from tests.unit.bridge.qr_corpus import TEXT, code, corpus, on_page

from bench.pairs import HEADER, arguments, in_turn, seconds
from sparekey.bridge.scan import qr
from sparekey.bridge.scan.screen import Shot
from sparekey.bridge.scan.watching import Watch

_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")
_ALLOWED = 1.2


def bare(picture: Image.Image) -> list[str]:
    """zxing-cpp alone; rotate, invert and downscale are on by default."""
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=_FORMATS)]


def screenshot() -> Image.Image:
    """A page with a QR code on a large screen, in grey."""
    page = Image.new("L", (2560, 1440), 250)
    for left in range(0, 2560, 640):
        for top in range(0, 1440, 360):
            page.paste(on_page(Image.new("L", (300, 180), 230)), (left, top))
    page.paste(code(6), (1100, 500))
    return page


def main() -> None:
    """Prints the table."""
    rounds = 7 if arguments(__doc__).quick else 41
    spoilt = [picture for _, picture in corpus()]
    screen = screenshot()
    cases = {
        f"{len(spoilt)} spoilt pictures": spoilt,
        "2560x1440 in grey": [screen],
        "2560x1440 in colour": [screen.convert("RGB")],
    }
    print(HEADER)
    ratios = []
    for name, pictures in cases.items():
        taken = in_turn(
            lambda pictures=pictures: seconds(lambda: [qr.texts(one) for one in pictures]) * 1000,  # type: ignore[misc]
            lambda pictures=pictures: seconds(lambda: [bare(one) for one in pictures]) * 1000,  # type: ignore[misc]
            rounds,
        )
        ratios.append(taken.ratio)
        print(taken.row(name, "ms"))
    empty = screen.crop((0, 0, 1000, 1440)).resize(screen.size)
    taken = in_turn(
        lambda: seconds(lambda: qr.texts(empty, spoilt=False)) * 1000,
        lambda: seconds(lambda: bare(empty)) * 1000,
        rounds,
    )
    print(taken.row("a screen without a code", "ms"))
    watch = Watch(1.0, lambda: [Shot.of(screen)])
    list(watch.look())
    taken = in_turn(
        lambda: seconds(lambda: list(watch.look())) * 1000,
        lambda: seconds(lambda: bare(screen)) * 1000,
        rounds,
    )
    print(taken.row("watch: a screen where nothing has changed", "ms"))
    read, read_bare = (sum(TEXT in look(one) for one in spoilt) for look in (qr.texts, bare))
    print(
        f"read: {read} of {len(spoilt)} (bare zxing-cpp: {read_bare}); pictures with a code:"
        f" at most {max(ratios):.2f} of its time (allowed {_ALLOWED})"
    )


if __name__ == "__main__":
    main()
