"""Pictures of a terminal as SVG: one screen, or several after one another, without a script."""

from itertools import pairwise
from xml.sax.saxutils import escape

from rich.style import Style
from rich.text import Text

_WIDTH, _HEIGHT, _SIZE = 8.4, 18, 14
_INK, _PAPER = "#e6e6e6", "#1c1f26"


def svg(frames: list[tuple[str, float]], columns: int, lines: int, title: str) -> str:
    """``frames`` are screens with escape sequences, and the seconds for which each is shown."""
    width, height = columns * _WIDTH + 24, lines * _HEIGHT + 24
    whole = sum(seconds for _, seconds in frames)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img"'
        f' aria-label="{escape(title)}" font-size="{_SIZE}"'
        ' font-family="ui-monospace,Menlo,Consolas,monospace">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/>',
    ]
    begin = 0.0
    for number, (screen, seconds) in enumerate(frames):
        hidden = ' visibility="hidden"' if number else ""
        out.append(f'<g fill="{_INK}"{hidden}>')
        out += _screen(screen, lines)
        if len(frames) > 1:
            out.append(_animation(begin / whole, (begin + seconds) / whole, whole))
        out.append("</g>")
        begin += seconds
    return "\n".join([*out, "</svg>", ""])


def _animation(begin: float, end: float, whole: float) -> str:
    times, values = [0.0, begin, end], ["hidden", "visible", "hidden"]
    if begin == 0:
        times, values = [0.0, end], ["visible", "hidden"]
    keys = ";".join(f"{time:.4f}" for time in times)
    return (
        f'<animate attributeName="visibility" values="{";".join(values)}" keyTimes="{keys}" '
        f'dur="{whole:.1f}s" calcMode="discrete" repeatCount="indefinite"/>'
    )


def _screen(screen: str, lines: int) -> list[str]:
    out = []
    for number, line in enumerate(screen.splitlines()[:lines]):
        text = Text.from_ansi(line)
        if not text.plain.strip():
            continue
        spans = "".join(_span(text, column) for column in _runs(text))
        # the width is told, so that another font on the reader's machine keeps the columns
        length = len(text.plain) * _WIDTH
        out.append(
            f'<text x="12" y="{12 + _SIZE + number * _HEIGHT}" textLength="{length:.1f}" '
            f'lengthAdjust="spacingAndGlyphs">{spans}</text>'
        )
    return out


def _runs(text: Text) -> list[tuple[int, int]]:
    """Stretches of one style."""
    edges = sorted({0, len(text.plain), *(edge for span in text.spans for edge in (span.start, span.end))})
    return list(pairwise(edges))


def _span(text: Text, run: tuple[int, int]) -> str:
    start, end = run
    # SVG would fold spaces
    words = escape(text.plain[start:end].replace(" ", "\u00a0"))
    styles = [span.style for span in text.spans if span.start <= start and span.end >= end]
    bold = any(isinstance(style, Style) and style.bold for style in styles)
    return f'<tspan font-weight="700">{words}</tspan>' if bold else words
