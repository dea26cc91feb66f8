"""How many spoilt pictures are read, beside bare zxing-cpp with its best settings."""

import zxingcpp

from sparekey.bridge.scan import qr

from .qr_corpus import TEXT, corpus


def test_at_least_as_many_are_read_as_by_bare_zxing() -> None:
    formats = zxingcpp.barcode_formats_from_str("QRCode")
    ours, bare, pictures = set(), set(), 0
    for name, picture in corpus():
        pictures += 1
        if TEXT in qr.texts(picture):
            ours.add(name)
        # its best settings are its own: rotate, invert and downscale are all on
        if any(code.text == TEXT for code in zxingcpp.read_barcodes(picture, formats=formats)):
            bare.add(name)
    print(f"of {pictures} pictures: bare zxing-cpp {len(bare)}, the bridge {len(ours)}")
    assert bare <= ours, sorted(bare - ours)
    assert len(ours) >= len(bare) + 3
    assert len(ours) >= pictures * 0.9
