"""Draws each board's wiring.svg and fills the parts and wiring tables of its README, from its pins.py.

``--check`` writes nothing and ends with 1 where a file is not as it would be written.
"""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

from sparekey.deploy.board import Board, Part, load_boards
from sparekey.deploy.pin_names import Pin

_ROOT = Path(__file__).resolve().parents[1]

_WIDTH, _ROW, _HEAD, _GAP = 760, 24, 46, 16
_BOARD_LEFT, _BOARD_RIGHT = 20, 290
_PART_LEFT, _PART_RIGHT = 470, 740
_COLOURS = {
    "SCL": "#b58900",
    "SDA": "#1f6fd0",
    "OK": "#2a9d3a",
    "NEXT": "#0b8f8f",
    "BACK": "#8a3fbf",
    "GND": "#333333",
}
_POWER = "#d02020"
_JOINED = {
    "wires": "",
    "stacked": "plugs onto the board: no wire to lay",
    "cable": "STEMMA QT cable, in any order of the chain",
}


def pad_of(board: Board, signal: str) -> tuple[str, str]:
    """``(pad, words)``: the board's pad that ``signal`` (a name of pins.py, or a power pad) is on."""
    pin = board.pins.get(signal)
    pad = pin.name if isinstance(pin, Pin) else signal
    return pad, board.pads.get(pad, "")


def signals(board: Board) -> list[str]:
    """What is wired, each once: power, ground, then bus and buttons."""
    used = [signal for part in board.parts for signal in part.wires.values()]
    return sorted(
        set(used), key=lambda signal: ([*_COLOURS].index(signal) if signal in _COLOURS else -1, signal)
    )


def parts_table(board: Board) -> str:
    """The parts list in Markdown, with rough prices and their sum."""
    rows = [f"| {part.name} | {part.purpose} | {_euros(part.euros)} |" for part in board.parts]
    total = round(sum(part.euros for part in board.parts))
    return "\n".join(
        ["| part | what for | about € |", "|---|---|---|", *rows, f"| **all together** | | **{total}** |"]
    )


def wiring_table(board: Board) -> str:
    """The wiring in Markdown: one row a wire."""
    rows = []
    for part in board.parts:
        for pin, signal in part.wires.items():
            pad, words = pad_of(board, signal)
            label = f"{pad} ({words})" if words else pad
            rows.append(f"| {part.name} | {pin} | {label} | {signal if pad != signal else ''} |")
    return "\n".join(["| part | its pin | board's pin | in pins.py |", "|---|---|---|---|", *rows])


def picture(board: Board) -> str:
    """The wiring as SVG."""
    pads = signals(board)
    wired = [part for part in board.parts if part.wires]
    tops, at = [], 20
    for part in wired:
        tops.append(at)
        at += _HEAD + len(part.wires) * _ROW + _GAP + 6
    height = max(at, 20 + _HEAD + len(pads) * _ROW * 2 + _GAP)
    spread = (height - 40 - _HEAD) / max(len(pads), 1)
    pad_y = {signal: 20 + _HEAD + spread * (place + 0.5) for place, signal in enumerate(pads)}
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(board.name)}: wiring</title>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _box(_BOARD_LEFT, 20, _BOARD_RIGHT, height - 20, board.name, board.chip, "#eaf4ea"),
    ]
    boxes, wires = [], []
    for part, top in zip(wired, tops, strict=True):
        bottom = top + _HEAD + len(part.wires) * _ROW + 6
        boxes.append(_box(_PART_LEFT, top, _PART_RIGHT, bottom, part.name, _JOINED[part.joined], "#eef2fa"))
        for row, (pin, signal) in enumerate(part.wires.items()):
            y = top + _HEAD + _ROW * (row + 0.5)
            wires.append(_wire(pad_y[signal], y, _colour(signal), part))
            boxes.append(f'<text x="{_PART_LEFT + 12}" y="{y + 4:g}">{escape(pin)}</text>')
            boxes.append(_dot(_PART_LEFT, y, _colour(signal)))
    for signal, y in pad_y.items():
        pad, words = pad_of(board, signal)
        label = f"{signal} = {pad}" if signal != pad else pad
        text = escape(f"{label}, {words}" if words else label)
        boxes.append(f'<text x="{_BOARD_RIGHT - 12}" y="{y + 4:g}" text-anchor="end">{text}</text>')
        boxes.append(_dot(_BOARD_RIGHT, y, _colour(signal)))
    return "\n".join([*out, *wires, *boxes, "</svg>", ""])


def _box(left: int, top: int, right: int, bottom: float, title: str, below: str, fill: str) -> str:
    return (
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top:g}" rx="8" fill="{fill}" '
        f'stroke="#556" stroke-width="1.5"/>'
        f'<text x="{left + 12}" y="{top + 19}" font-weight="bold" font-size="12">{escape(title)}</text>'
        f'<text x="{left + 12}" y="{top + 36}" font-size="11" fill="#556">{escape(below)}</text>'
    )


def _wire(start: float, end: float, colour: str, part: Part) -> str:
    dashes = "" if part.joined == "wires" else ' stroke-dasharray="7 3"'
    bend = (_BOARD_RIGHT + _PART_LEFT) / 2
    return (
        f'<path d="M {_BOARD_RIGHT} {start:g} C {bend:g} {start:g}, {bend:g} {end:g}, {_PART_LEFT} {end:g}" '
        f'fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
    )


def _dot(x: int, y: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y:g}" r="4" fill="{colour}"/>'


def _colour(signal: str) -> str:
    return _COLOURS.get(signal, _POWER)


def _euros(price: float) -> str:
    return f"{price:g}" if price >= 1 or price == 0 else f"{price:.2f}"


def _filled(readme: str, section: str, table: str) -> str:
    begin, end = f"<!-- {section}: made by scripts/wiring_pictures.py -->", f"<!-- /{section} -->"
    before, found, rest = readme.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"a README lacks the lines {begin} and {end}")
    return f"{before}{begin}\n{table}\n{end}{after}"


def files(board: Board) -> dict[Path, str]:
    """What this script writes for ``board``: its README and, where there are wires, its picture."""
    path = board.folder / "README.md"
    readme = _filled(path.read_text("utf-8"), "parts", parts_table(board))
    if not signals(board):
        return {path: readme}
    readme = _filled(readme, "wiring", wiring_table(board))
    return {path: readme, board.folder / "wiring.svg": picture(board)}


def main(check: bool) -> int:
    """How many files were not current; they are written unless ``check``."""
    stale = 0
    for board in load_boards(_ROOT / "boards").values():
        for path, text in files(board).items():
            if path.is_file() and path.read_text("utf-8") == text:
                continue
            stale += 1
            print(f"{path.relative_to(_ROOT)} {'is not current' if check else 'written'}")
            if not check:
                path.write_text(text, "utf-8")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
