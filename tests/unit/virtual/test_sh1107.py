"""The other OLED controller, held to its datasheet (Sino Wealth SH1107 V2.1)."""

import pytest

from sparekey.virtual.chips.sh1107 import CELLS, HEIGHT, SH1107, WIDTH

# as Adafruit's driver sets the wing up: 64 lines, moved by 96, page addressing
WING = "20 a0 c0 a8 3f d3 60 dc 00 af"


@pytest.fixture
def oled() -> SH1107:
    chip = SH1107(memoryview(bytearray(CELLS)))
    chip.reset()
    return chip


def lit(oled: SH1107) -> set[tuple[int, int]]:
    """The pixels that a person sees."""
    picture = oled.picture()
    return {
        (x, y) for y in range(HEIGHT) for x in range(WIDTH) if picture[y * 16 + x // 8] >> (7 - x % 8) & 1
    }


def command(oled: SH1107, text: str) -> None:
    oled.write(b"\x00" + bytes.fromhex(text))


def data(oled: SH1107, *values: int) -> None:
    oled.write(b"\x40" + bytes(values))


def test_registers_after_power_up(oled: SH1107) -> None:
    assert oled.register("contrast") == 0x80
    assert oled.register("multiplex") == 127
    assert oled.register("vertical") == 0
    assert oled.read(1) == b"\x47", "the display is off, the chip is a 7"
    command(oled, "af")
    assert oled.read(1) == b"\x07"


def test_dark_until_it_is_switched_on(oled: SH1107) -> None:
    command(oled, WING.replace("af", "ae"))
    data(oled, 0xFF)
    assert not lit(oled)
    command(oled, "af")
    assert lit(oled) == {(x, 63) for x in range(8)}, "a byte is eight dots of one line"


def test_page_addressing_goes_through_the_columns_and_stays_on_its_page(oled: SH1107) -> None:
    command(oled, WING)
    command(oled, "b2 13 0f")  # page 2, column 3Fh: the top line
    data(oled, 0x01, 0x80)
    assert lit(oled) == {(16, 0)}, "column 40h is not on the panel"
    command(oled, "17 0f")
    data(oled, 0x00, 0x02)
    assert lit(oled) == {(16, 0), (17, 63)}, "after column 7Fh comes 00h"


def test_vertical_addressing_goes_through_the_pages_first(oled: SH1107) -> None:
    command(oled, WING)
    command(oled, "21 be 10 00")  # page 14, column 0
    data(oled, 1, 1, 1)
    assert lit(oled) == {(112, 63), (120, 63), (0, 62)}


def test_the_upper_column_nibble_has_three_bits_and_no_more(oled: SH1107) -> None:
    command(oled, WING)
    command(oled, "12 05 18")  # 18h is no command
    data(oled, 1)
    assert lit(oled) == {(0, 63 - 0x25)}


@pytest.mark.parametrize(
    ("commands", "pixel"),
    [
        ("a0", (0, 60)),
        ("a1", (127, 60)),
        ("c8", (0, 3)),
        ("a1 c8", (127, 3)),
        ("dc 02", (0, 62)),
        ("d3 5f", (0, 59)),
        ("d3 61", (0, 61)),
    ],
)
def test_where_a_dot_of_the_ram_is_seen(oled: SH1107, commands: str, pixel: tuple[int, int]) -> None:
    command(oled, WING)
    command(oled, "b0 10 03")
    data(oled, 1)
    command(oled, commands)
    assert lit(oled) == {pixel}


def test_what_is_not_scanned_is_dark(oled: SH1107) -> None:
    command(oled, WING + "a5")
    assert len(lit(oled)) == WIDTH * HEIGHT
    command(oled, "a8 1f")
    assert {y for _, y in lit(oled)} == set(range(32, 64))
    command(oled, "a8 3f d3 00")
    assert {y for _, y in lit(oled)} == set(range(32, 64)), "without its offset the wing loses half"


def test_inverse_and_all_on_leave_the_ram_alone(oled: SH1107) -> None:
    command(oled, WING)
    data(oled, 0x01)
    command(oled, "a7")
    assert (0, 63) not in lit(oled)
    assert len(lit(oled)) == WIDTH * HEIGHT - 1
    command(oled, "a6 a5 a4")
    assert lit(oled) == {(0, 63)}


def test_two_byte_commands_take_their_second_byte(oled: SH1107) -> None:
    command(oled, WING)
    command(oled, "81 af ad 8a d5 51 d9 22 db 35")
    assert oled.register("contrast") == 0xAF
    assert oled.register("column") == 0
    command(oled, "81")
    command(oled, "10")
    assert oled.register("contrast") == 0x10, "it may come in another transaction"
