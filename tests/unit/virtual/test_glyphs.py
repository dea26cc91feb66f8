"""Text recognised from pixels: any place, both sizes, beside bars."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.virtual.chips.ssd1306 import CELLS, SSD1306
from sparekey.virtual.drawn import draw
from sparekey.virtual.glyphs import glyph_rows, text_of

_LETTERS = "".join(chr(code) for code in range(0x21, 0x7F)) + "äöüßéñØø"


def shown(folder: Path, *texts: tuple[int, int, int, str], bar: tuple[int, int, int] | None = None) -> str:
    """The text recognised on an OLED that shows ``texts``."""
    view = folder / "view"
    view.write_text(json.dumps(["test", texts, bar, 100]))
    oled = SSD1306(memoryview(bytearray(CELLS)))
    oled.reset()
    draw(view, oled)
    return text_of(oled.picture())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("views")


def test_an_otp_in_big_type_with_its_bar(folder: Path) -> None:
    texts = [(28, 0, 2, "2XPP7Q"), (28, 24, 2, "R5BDD0"), (0, 52, 1, "117 s left")]
    assert shown(folder, *texts, bar=(49, 2, 975)) == "2XPP7Q\nR5BDD0\n117 s left"


@pytest.mark.parametrize("height", range(1, 9))
def test_bars_are_no_text(folder: Path, height: int) -> None:
    assert shown(folder, (0, 0, 1, "Erasing..."), bar=(40, height, 700)) == "Erasing..."


def test_every_letter_at_both_sizes(folder: Path) -> None:
    for scale, columns in ((1, 21), (2, 10)):
        for start in range(0, len(_LETTERS), columns):
            text = _LETTERS[start : start + columns]
            assert shown(folder, (0, 3, scale, text)) == text


@given(
    words=st.text(_LETTERS[:94] + "   ", min_size=3, max_size=14),
    x=st.integers(0, 40),
    y=st.integers(0, 52),
)
def test_a_row_anywhere(folder: Path, words: str, x: int, y: int) -> None:
    solid = sum(len(set(glyph_rows(ord(letter)) or ())) > 3 for letter in words)
    if solid < 2:
        return  # a few dots and strokes alone may be more than one thing, for people too
    assert shown(folder, (x, y, 1, words)) == words.strip()


def test_five_full_rows(folder: Path) -> None:
    rows = [
        "Log in?  ok/next/back",
        "at jgpqy_jgpqy_jgpqy",
        "as |||ÖÖÄ___^^^---===",
        "hint: gjpqy, Ghent",
        "....,,,;;;'''```\"\"\"",
    ]
    texts = [(0, 13 * row, 1, text) for row, text in enumerate(rows)]
    assert shown(folder, *texts) == "\n".join(rows)


def test_two_pieces_in_a_row_and_a_box_for_what_the_font_lacks(folder: Path) -> None:
    assert shown(folder, (0, 0, 1, "a"), (64, 0, 1, "b")) == "a  b"
    assert shown(folder, (0, 13, 1, "a北b")) == "a□b"
    assert shown(folder) == ""
