"""The OLED's picture as text keeps every pixel."""

import pytest
from PIL import Image

from sparekey.demo import oled


def frame_of(text: str) -> list[str]:
    return [line[1:-1] for line in text.splitlines()[1:-1]]


@pytest.mark.parametrize(("columns", "size"), [(130, (128, 32)), (129, (64, 16)), (80, (64, 16))])
def test_it_fits_the_terminal(columns: int, size: tuple[int, int]) -> None:
    lines = frame_of(oled.drawn(Image.new("1", (128, 64)), columns))
    assert (len(lines[0]), len(lines)) == size


def test_a_terminal_too_narrow_for_the_picture_gets_its_text() -> None:
    picture = Image.new("1", (128, 64))
    assert oled.shown("Log in?", picture, 65) == "Log in?"
    assert oled.shown("Log in?", picture, 66) == oled.drawn(picture, 66)
    assert max(map(len, oled.shown("Log in?", picture, 66).splitlines())) == 66


def test_half_blocks_show_the_upper_and_the_lower_pixel() -> None:
    picture = Image.new("1", (128, 64))
    picture.putpixel((0, 0), 1)
    picture.putpixel((1, 1), 1)
    picture.putpixel((2, 0), 1)
    picture.putpixel((2, 1), 1)
    assert frame_of(oled.drawn(picture, 200))[0].startswith("▀▄█ ")


def test_braille_has_a_dot_for_each_pixel() -> None:
    for y in range(4):
        for x in range(2):
            picture = Image.new("1", (128, 64))
            picture.putpixel((x, y), 1)
            assert (
                ord(frame_of(oled.drawn(picture, 80))[0][0]) - 0x2800
                == [1, 8, 2, 16, 4, 32, 64, 128][2 * y + x]
            )
