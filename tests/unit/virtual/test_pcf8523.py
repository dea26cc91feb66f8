"""The other clock chip, held to its datasheet (NXP PCF8523, rev 6)."""

import calendar
import time

import pytest

from sparekey.virtual.chips import timebase
from sparekey.virtual.chips.pcf8523 import CELLS, PCF8523

DAY = 86_400


class Clock:
    """Nanoseconds that a test moves."""

    def __init__(self) -> None:
        self.now = 5_000_000_000_123

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += int(seconds * 1e9)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cells() -> memoryview:
    made = memoryview(bytearray(CELLS))
    timebase.first_power(made)
    return made


@pytest.fixture
def chip(cells: memoryview, clock: Clock) -> PCF8523:
    return PCF8523(cells, clock)


def registers(chip: PCF8523, start: int, length: int) -> bytes:
    chip.write(bytes([start]))
    return chip.read(length)


def set_time(chip: PCF8523, *fields: int) -> None:
    """second, minute, hour, day, weekday, month, year, as they are in the registers."""
    chip.write(bytes([3, *fields]))


def test_at_power_on_the_flag_is_set_and_no_battery_is_taken(chip: PCF8523, clock: Clock) -> None:
    assert registers(chip, 0, 3) == bytes.fromhex("00 00 e0")
    assert registers(chip, 3, 7) == bytes.fromhex("80 00 00 01 06 01 00")
    assert registers(chip, 0x0A, 4) == b"\x80" * 4, "no alarm is enabled"
    clock.pass_seconds(61)
    assert registers(chip, 3, 2) == bytes.fromhex("81 01"), "it runs all the same"


def test_time_in_bcd_runs_on_and_clears_the_flag(chip: PCF8523, clock: Clock) -> None:
    set_time(chip, 0x58, 0x59, 0x23, 0x31, 0x04, 0x12, 0x26)
    assert registers(chip, 3, 7) == bytes.fromhex("58 59 23 31 04 12 26")
    clock.pass_seconds(2)
    assert registers(chip, 3, 7) == bytes.fromhex("00 00 00 01 05 01 27")


def test_the_flag_stays_until_it_is_cleared_and_cant_be_set(chip: PCF8523) -> None:
    set_time(chip, 0x80, 0, 0, 1, 6, 1, 0)
    assert registers(chip, 3, 1) == b"\x80"
    set_time(chip, 0x00)
    set_time(chip, 0x80)
    assert registers(chip, 3, 1) == b"\x00"


def test_every_fourth_year_is_a_leap_year(chip: PCF8523, clock: Clock) -> None:
    for year, after in ((0x28, "29 03 02"), (0x27, "01 03 03"), (0x00, "29 03 02")):
        set_time(chip, 0, 0, 0, 0x28, 2, 2, year)
        clock.pass_seconds(DAY)
        assert registers(chip, 6, 3) == bytes.fromhex(after)


@pytest.mark.parametrize(("register", "hour"), [(0x12, 0), (0x01, 1), (0x32, 12), (0x21, 13), (0x31, 23)])
def test_twelve_hours(chip: PCF8523, register: int, hour: int) -> None:
    """Bit 3 of Control_1 is the mode, bit 5 of the hours PM; 12 AM is midnight."""
    chip.write(bytes([0, 0x08]))
    set_time(chip, 0, 0, register, 1, 1, 1, 0x26)
    assert registers(chip, 5, 1) == bytes([register])
    chip.write(bytes([0, 0x00]))
    assert registers(chip, 5, 1) == bytes([hour // 10 << 4 | hour % 10])


def test_a_read_never_tears_and_the_pointer_comes_round(chip: PCF8523, clock: Clock) -> None:
    set_time(chip, 0x59, 0x59, 0x23, 0x31, 4, 0x12, 0x26)
    chip.write(b"\x03")
    before = chip.read(3)
    clock.pass_seconds(0.9)
    assert before == bytes.fromhex("59 59 23")
    assert registers(chip, 0x13, 2)[1] == registers(chip, 0, 1)[0]


def test_stop_holds_the_time_and_lets_go_at_a_whole_second(chip: PCF8523, clock: Clock) -> None:
    set_time(chip, 0x10, 0, 0, 1, 1, 1, 0x26)
    clock.pass_seconds(0.7)
    chip.write(bytes([0, 0x20]))
    clock.pass_seconds(100)
    assert registers(chip, 3, 1) == b"\x10"
    set_time(chip, 0x30)
    chip.write(bytes([0, 0x00]))
    clock.pass_seconds(0.95)
    assert registers(chip, 3, 1) == b"\x30"
    clock.pass_seconds(0.1)
    assert registers(chip, 3, 1) == b"\x31"


def test_without_battery_switch_over_a_cut_of_the_supply_loses_the_time(chip: PCF8523, clock: Clock) -> None:
    set_time(chip, 0, 0, 0, 1, 1, 1, 0x26)
    chip.power_up()
    assert registers(chip, 3, 7) == bytes.fromhex("80 00 00 01 06 01 00")
    assert registers(chip, 2, 1) == b"\xe0"
    chip.write(bytes([2, 0x40]))  # PM = 010: low-battery detection alone
    set_time(chip, 0, 0, 0, 1, 1, 1, 0x26)
    chip.power_up()
    assert registers(chip, 3, 1) == b"\x80"


@pytest.mark.parametrize("mode", [0x00, 0x20, 0x80, 0xA0])
def test_with_battery_switch_over_it_runs_on_and_says_so(chip: PCF8523, clock: Clock, mode: int) -> None:
    chip.write(bytes([2, mode]))
    set_time(chip, 0, 0, 0, 1, 1, 1, 0x26)
    clock.pass_seconds(30)
    chip.power_up()
    assert registers(chip, 2, 2) == bytes([mode | 0x08, 0x30])
    chip.write(bytes([2, mode | 0x1C]))
    assert registers(chip, 2, 1) == bytes([mode | 0x08]), "BLF is the chip's, BSF can be cleared alone"
    chip.write(bytes([2, mode]))
    assert registers(chip, 2, 1) == bytes([mode])


def test_a_software_reset_keeps_the_time_and_trusts_it_no_more(chip: PCF8523) -> None:
    chip.write(bytes([2, 0x00]))
    set_time(chip, 0x10, 0x20, 0x03, 4, 6, 7, 0x26)
    chip.write(bytes([0, 0x58]))
    assert registers(chip, 0, 10) == bytes.fromhex("00 00 e0 90 20 03 04 06 07 26")


def test_the_battery_is_lost_and_the_clock_is_shifted(cells: memoryview, chip: PCF8523) -> None:
    chip.set_clock(1_800_000_000)
    assert not registers(chip, 3, 1)[0] & 0x80
    timebase.shift(cells, 30_000_000_000)
    assert registers(chip, 3, 2) == bytes.fromhex("30 00"), "1800000000 is 08:00:00"
    timebase.lose_battery(cells)
    assert registers(chip, 3, 1) == b"\x80"


def test_adafruits_driver_reads_what_it_sets_and_keeps_it_without_supply(chip: PCF8523) -> None:
    """The driver itself, on a bus that is just this chip."""
    from adafruit_pcf8523 import pcf8523 as adafruit

    class Wire:
        def try_lock(self) -> bool:
            return True

        def unlock(self) -> None:
            pass

        def writeto(self, address: int, buffer: bytes, *, start: int = 0, end: int | None = None) -> None:
            chip.write(bytes(buffer)[start:end])

        def writeto_then_readfrom(  # type: ignore[no-untyped-def]
            self, address, out, into, *, out_start=0, out_end=None, in_start=0, in_end=None
        ) -> None:
            chip.write(bytes(out)[out_start:out_end])
            part = memoryview(into)[in_start:in_end]
            part[:] = chip.read(len(part))

    driver = adafruit.PCF8523(Wire())
    assert driver.lost_power
    moment = time.struct_time((2027, 3, 4, 5, 6, 7, 3, -1, -1))
    driver.datetime = moment
    assert not driver.lost_power
    assert calendar.timegm(driver.datetime) == calendar.timegm(moment)
    chip.power_up()
    assert not driver.lost_power
    assert calendar.timegm(driver.datetime) == calendar.timegm(moment)
