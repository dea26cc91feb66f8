"""A camera, by OpenCV (``pip install 'sparekey[camera]'``), with a preview in the terminal."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sparekey.bridge.errors import NothingScanned, NotReadable, PartMissing

from .ours import is_ours, one_of

if TYPE_CHECKING:
    from PIL import Image

SECONDS = 60.0
"""How long the camera is looked through."""

_NAME = "the camera"
# seconds between two pictures of the preview
_PREVIEW = 0.15
_SHADES = " .:-=+*#%@"


def read() -> str:
    """The text of the first Sparekey QR code held in front of the camera."""
    drawable = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    preview = _draw if drawable else None
    try:
        return search(_frames(), preview)
    finally:
        if preview:
            sys.stderr.write("\n")


def search(frames: "Iterator[Image.Image]", preview: "Callable[[Image.Image], None] | None" = None) -> str:
    """The text of the first frame with one code of ours; ``NothingScanned`` after ``SECONDS``."""
    from . import qr

    end = time.monotonic() + SECONDS
    drawn = 0.0
    for frame in frames:
        ours = [text for text in qr.texts(frame) if is_ours(text)]
        if ours:
            return one_of(ours, _NAME)
        now = time.monotonic()
        if now > end:
            break
        if preview and now - drawn >= _PREVIEW:
            preview(frame)
            drawn = now
    raise NothingScanned(_NAME)


def _frames() -> "Iterator[Image.Image]":
    try:
        import cv2
    except ImportError:
        raise PartMissing("OpenCV", next_step="pip install 'sparekey[camera]'") from None
    from PIL import Image

    camera = cv2.VideoCapture(0)
    try:
        if not camera.isOpened():
            raise NotReadable("no camera can be opened")
        while True:
            good, frame = camera.read()
            if not good:
                raise NotReadable("the camera gives no picture")
            yield Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    finally:
        camera.release()


def _draw(frame: "Image.Image") -> None:
    """The frame as shades of text, mirrored as people expect, drawn over the last one."""
    sys.stderr.write("\x1b[H\x1b[J" + "\n".join(shaded(frame, shutil.get_terminal_size())))
    sys.stderr.flush()


def shaded(frame: "Image.Image", size: tuple[int, int]) -> list[str]:
    """``frame`` mirrored, as lines of text that fit a terminal of ``size`` columns and lines."""
    from PIL import ImageOps

    columns, lines = size[0] - 1, size[1] - 1
    # a character is about twice as high as wide
    small = ImageOps.contain(ImageOps.mirror(frame), (columns, lines * 2))
    small = small.resize((small.width, max(1, small.height // 2)))
    data = small.tobytes()
    return [
        "".join(_SHADES[value * (len(_SHADES) - 1) // 255] for value in data[start : start + small.width])
        for start in range(0, len(data), small.width)
    ]
