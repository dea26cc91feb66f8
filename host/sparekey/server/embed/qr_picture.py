"""A QR code as a PNG of a wanted size."""

import io

import segno

_QUIET_ZONE = 4  # modules, ISO/IEC 18004 §6.3.8


def png(text: str, side: int) -> bytes:
    """A PNG of at most ``side`` pixels: the largest whole number of pixels a module that fits, at least 1."""
    code = segno.make_qr(text, error="m", boost_error=False)
    modules, _ = code.symbol_size(border=_QUIET_ZONE)
    out = io.BytesIO()
    code.save(out, kind="png", scale=max(1, side // modules), border=_QUIET_ZONE)
    return out.getvalue()
