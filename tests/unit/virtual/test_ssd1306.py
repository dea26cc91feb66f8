"""The OLED controller, held to its datasheet (Solomon Systech SSD1306 rev 1.1)."""

import pytest

from sparekey.virtual.chips.ssd1306 import CELLS, GDDRAM, HEIGHT, SSD1306, WIDTH

UPRIGHT = bytes.fromhex("00 a1 c8 8d14 af")


@pytest.fixture
def oled() -> SSD1306:
    chip = SSD1306(memoryview(bytearray(CELLS)))
    chip.reset()
    return chip


def lit(oled: SSD1306) -> set[tuple[int, int]]:
    """The pixels that a person sees."""
    picture = oled.picture()
    return {
        (x, y) for y in range(HEIGHT) for x in range(WIDTH) if picture[y * 16 + x // 8] >> (7 - x % 8) & 1
    }


def command(oled: SSD1306, text: str) -> None:
    oled.write(b"\x00" + bytes.fromhex(text))


def data(oled: SSD1306, *values: int) -> None:
    oled.write(b"\x40" + bytes(values))


def test_registers_after_reset(oled: SSD1306) -> None:
    assert oled.register("addressing") == 2, "page addressing (table 9-1, 20h)"
    assert oled.register("contrast") == 0x7F
    assert oled.register("multiplex") == 63
    assert oled.register("com_pins") == 0x12
    assert (oled.register("column_end"), oled.register("page_end")) == (127, 7)
    assert oled.read(1) == b"\x40", "bit 6 of the status: the display is off"


def test_dark_without_display_on_and_without_charge_pump(oled: SSD1306) -> None:
    command(oled, "20 00 a1 c8")
    data(oled, 0xFF)
    assert not lit(oled)
    command(oled, "af")
    assert oled.read(1) == b"\x00"
    assert not lit(oled), "the panel has no VCC of its own"
    command(oled, "8d 14")
    assert lit(oled) == {(0, y) for y in range(8)}
    command(oled, "8d 10")
    assert not lit(oled)
    command(oled, "8d 14 ae")
    assert not lit(oled)


def test_horizontal_addressing_wraps_in_its_window(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "20 00 21 7e 7f 22 06 07")
    data(oled, 1, 2, 4, 8, 0x80)
    assert lit(oled) == {(127, 49), (126, 58), (127, 59), (126, 55)}, "the fifth goes over the first"


def test_vertical_addressing_goes_down_first(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "20 01 21 00 01 22 00 01")
    data(oled, 1, 1, 1, 1, 2)
    assert lit(oled) == {(0, 1), (0, 8), (1, 0), (1, 8)}


def test_page_addressing_stays_on_its_page(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "b3 0f 17")  # page 3, column 7Fh
    data(oled, 1, 1)
    assert lit(oled) == {(127, 24), (0, 24)}


def test_control_bytes_with_and_without_continuation(oled: SSD1306) -> None:
    """§8.1.5.2: 80h before a single command byte, C0h before a single data byte, 40h for all the rest."""
    oled.write(bytes.fromhex("80 a1 80 c8 80 8d 80 14 80 af 80 b0 80 00 80 10 c0 01 40 02 04"))
    assert lit(oled) == {(0, 0), (1, 1), (2, 2)}


def test_arguments_may_come_in_another_transaction(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "81")
    command(oled, "55")
    assert oled.register("contrast") == 0x55


@pytest.mark.parametrize(
    ("commands", "pixel"),
    [
        ("", (0, 0)),
        ("a0", (127, 0)),
        ("c0", (0, 63)),
        ("a0 c0", (127, 63)),
        ("41", (0, 63)),  # start line 1: RAM row 0 comes last
        ("78", (0, 8)),  # start line 56
        ("d3 3c", (0, 4)),  # display offset 60
    ],
)
def test_where_a_pixel_of_the_ram_is_seen(oled: SSD1306, commands: str, pixel: tuple[int, int]) -> None:
    oled.write(UPRIGHT)
    data(oled, 1)
    command(oled, commands)
    assert lit(oled) == {pixel}


def test_inverse_and_all_on_leave_the_ram_alone(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    data(oled, 1)
    command(oled, "a7")
    assert len(lit(oled)) == WIDTH * HEIGHT - 1
    command(oled, "a5")
    assert len(lit(oled)) == WIDTH * HEIGHT
    command(oled, "a4 a6")
    assert lit(oled) == {(0, 0)}


def test_multiplex_ratio_leaves_the_other_lines_dark(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "a8 1f a5")
    assert {y for _, y in lit(oled)} == set(range(32, 64))
    command(oled, "a8 05")
    assert oled.register("multiplex") == 0x1F, "0 to 14 are invalid entries"


def test_com_pins_in_the_wrong_order_interleave_the_lines(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "20 00")
    data(oled, *([0xFF] * WIDTH * 4))  # the upper half
    assert {y for _, y in lit(oled)} == set(range(32))
    command(oled, "da 02")
    assert len({y for _, y in lit(oled)} & set(range(32))) == 16


def test_scrolling_is_taken_with_all_its_arguments(oled: SSD1306) -> None:
    oled.write(UPRIGHT)
    command(oled, "26 00 00 00 07 00 ff 29 00 00 00 07 01 a3 00 40 2e 81 22")
    assert oled.register("contrast") == 0x22


def test_a_copy_is_never_taken_in_the_middle_of_a_write() -> None:
    cells = memoryview(bytearray(CELLS))
    oled = SSD1306(cells)
    oled.reset()
    assert oled.still() is not None
    seen: list[object] = []

    class Peeking(bytearray):
        def __setitem__(self, where: object, value: object) -> None:
            super().__setitem__(where, value)  # type: ignore[call-overload]
            if where == 0 and value == 0xAB:
                seen.append(oled.still())

    oled._cells = Peeking(cells)  # type: ignore[assignment]
    oled.write(b"\x40\xab")
    assert seen == [None]
    assert len(cells) > GDDRAM
