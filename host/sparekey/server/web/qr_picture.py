"""A QR code as SVG, for putting into a page: crisp at every size, and nothing to fetch."""

import segno
from markupsafe import Markup

_QUIET_ZONE = 4  # modules, ISO/IEC 18004 §6.3.8


def svg(text: str, label: str) -> Markup:
    """The SVG element for a QR code with ``text``; ``label`` is what a screen reader says of it.

    One path in black over one in white in any colour scheme: scanners want it so. No style
    attribute, so the page's Content-Security-Policy holds.
    """
    code = segno.make_qr(text, error="m", boost_error=False)
    width, height = code.symbol_size(border=_QUIET_ZONE)
    runs = []
    for y, row in enumerate(code.matrix_iter(border=_QUIET_ZONE)):
        for x, dark in enumerate(row):
            if dark:
                runs.append(f"M{x} {y}h1v1h-1z")
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {width} {height}"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{width}v{height}H0z"/>'
        '<path fill="#000" d="{runs}"/></svg>'
    ).format(label=label, width=width, height=height, runs="".join(runs))
