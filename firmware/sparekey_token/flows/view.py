"""What a screen shows: five rows of 21 characters, or fewer in big type; all layout is done with these.

A letter that the display's font lacks is drawn as a box by the screen itself.
"""

from collections import namedtuple

try:
    from collections.abc import Generator, Sequence
    from typing import Any

    Flow = Generator["View", Any, Any]
except ImportError:
    pass

COLUMNS = 21
ROWS = 5
PITCH = 13
"""Pixels from one row's top to the next: five rows fill the 64."""

View = namedtuple("View", ("name", "texts", "bar"))
"""``name``: the screen's stable name. ``texts``: ``(x, y, scale, text)``, the top-left pixel of the first
6×12 cell and its scale, 1 or 2. ``bar``: None or ``(y, height, permille)``, from the left edge."""


def page(name: str, lines: "Sequence[str]", extra: "tuple[tuple[int, int, int, str], ...]" = ()) -> View:
    """A view of at most five rows, empty ones passed over, and what is placed by hand."""
    texts = []
    for row in range(len(lines)):
        if lines[row]:
            texts.append((0, PITCH * row, 1, lines[row]))
    return View(name, tuple(texts) + tuple(extra), None)


def centred(y: int, text: str, scale: int = 1) -> "tuple[int, int, int, str]":
    """``text`` in the middle of the screen's width."""
    return (max(0, (128 - 6 * scale * len(text)) // 2), y, scale, text)


def ends(left: str, right: str) -> str:
    """A row with something at either end."""
    return left + " " * (COLUMNS - len(left) - len(right)) + right


def wrap(text: str, columns: int = COLUMNS) -> "list[str]":
    """``text`` in rows broken between words; a word longer than a row is broken inside."""
    rows = []
    row = ""
    for word in text.split(" "):
        joined = row + " " + word if row else word
        if len(joined) <= columns:
            row = joined
            continue
        if row:
            rows.append(row)
        while len(word) > columns:
            rows.append(word[:columns])
            word = word[columns:]
        row = word
    if row:
        rows.append(row)
    return rows


def in_two(text: str) -> "list[str]":
    """``text`` of at most 42 characters in one or two rows, between words where they let it."""
    rows = wrap(text)
    if len(rows) <= 2:
        return rows
    return [text[:COLUMNS], text[COLUMNS : 2 * COLUMNS]]
