"""The clock chip, held to its datasheet (Maxim DS3231, rev 10)."""

import calendar
import time

import pytest

from sparekey.virtual.chips import timebase
from sparekey.virtual.chips.ds3231 import CELLS, DS3231

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
def chip(cells: memoryview, clock: Clock) -> DS3231:
    return DS3231(cells, clock)


def registers(chip: DS3231, start: int, length: int) -> bytes:
    chip.write(bytes([start]))
    return chip.read(length)


def set_time(chip: DS3231, *fields: int) -> None:
    """second, minute, hour, weekday, day, month, year, as they are in the registers."""
    chip.write(bytes([0, *fields]))


def test_a_new_chip_begins_in_2000_with_its_flag_set(chip: DS3231, clock: Clock) -> None:
    assert registers(chip, 0, 7) == bytes.fromhex("00 00 00 01 01 01 00")
    assert registers(chip, 0x0E, 2) == bytes.fromhex("1c 88"), "control and status at first power-up"
    clock.pass_seconds(61)
    assert registers(chip, 0, 2) == bytes.fromhex("01 01")


def test_time_in_bcd_runs_on(chip: DS3231, clock: Clock) -> None:
    set_time(chip, 0x58, 0x59, 0x23, 0x02, 0x31, 0x12, 0x26)
    assert registers(chip, 0, 7) == bytes.fromhex("58 59 23 02 31 12 26")
    clock.pass_seconds(2)
    assert registers(chip, 0, 7) == bytes.fromhex("00 00 00 03 01 01 27")


@pytest.mark.parametrize(
    ("year", "leap"), [(0x24, True), (0x25, False), (0x00, True), (0x28, True), (0x99, False)]
)
def test_leap_years(chip: DS3231, clock: Clock, year: int, leap: bool) -> None:
    set_time(chip, 0, 0, 0, 1, 0x28, 0x02, year)
    clock.pass_seconds(DAY)
    assert registers(chip, 4, 2) == (bytes.fromhex("29 02") if leap else bytes.fromhex("01 03"))


def test_the_century_bit_turns_with_year_99(chip: DS3231, clock: Clock) -> None:
    set_time(chip, 0x59, 0x59, 0x23, 7, 0x31, 0x12, 0x99)
    clock.pass_seconds(1)
    assert registers(chip, 3, 4) == bytes.fromhex("01 01 81 00")


@pytest.mark.parametrize(
    ("register", "hour"),
    [(0x52, 0), (0x41, 1), (0x51, 11), (0x72, 12), (0x61, 13), (0x71, 23)],
)
def test_twelve_hours(chip: DS3231, clock: Clock, register: int, hour: int) -> None:
    """Bit 6 is the mode, bit 5 PM; 12 AM is midnight."""
    set_time(chip, 0, 0, register, 1, 1, 1, 0x26)
    assert registers(chip, 2, 1) == bytes([register])
    clock.pass_seconds(DAY)
    assert registers(chip, 2, 1) == bytes([register])
    chip.write(bytes([2, hour // 10 << 4 | hour % 10]))
    assert registers(chip, 2, 1) == bytes([hour // 10 << 4 | hour % 10])


def test_a_read_never_tears(chip: DS3231, clock: Clock) -> None:
    """The time is latched at the start of the transaction, and when the pointer rolls over."""
    set_time(chip, 0x59, 0x59, 0x23, 1, 0x31, 0x12, 0x26)
    chip.write(b"\x00")
    clock.pass_seconds(1)
    assert chip.read(7) == bytes.fromhex("00 00 00 02 01 01 27")
    assert len(registers(chip, 0x12, 3)) == 3


def test_writing_the_seconds_restarts_the_second(chip: DS3231, clock: Clock) -> None:
    clock.pass_seconds(0.9)
    set_time(chip, 0x10, 0, 0, 1, 1, 1, 0x26)
    clock.pass_seconds(0.95)
    assert registers(chip, 0, 1) == b"\x10"
    clock.pass_seconds(0.1)
    assert registers(chip, 0, 1) == b"\x11"


def test_flags_can_be_cleared_and_not_set(chip: DS3231) -> None:
    chip.write(bytes.fromhex("0f 08"))
    assert registers(chip, 0x0F, 1) == b"\x08"
    chip.write(bytes.fromhex("0f ff"))
    assert registers(chip, 0x0F, 1) == b"\x08", "OSF and the alarm flags stay clear, BSY is the chip's"
    chip.write(bytes.fromhex("0f 00"))
    assert registers(chip, 0x0F, 1) == b"\x00"


def test_a_conversion_ends_and_the_temperature_is_read_only(chip: DS3231) -> None:
    chip.write(bytes.fromhex("0e 3c"))
    assert registers(chip, 0x0E, 1) == b"\x1c"
    chip.write(bytes.fromhex("11 00 00"))
    assert registers(chip, 0x11, 2) == bytes([25, 0x40])


def test_alarms_and_aging_are_kept(chip: DS3231) -> None:
    chip.write(bytes.fromhex("07 11 22 03 84 55 06 87"))
    chip.write(bytes.fromhex("10 f3"))
    assert registers(chip, 0x07, 7) == bytes.fromhex("11 22 03 84 55 06 87")
    assert registers(chip, 0x10, 1) == b"\xf3"


def test_the_time_stays_over_a_power_cut_and_can_be_shifted(cells: memoryview, clock: Clock) -> None:
    set_time(DS3231(cells, clock), 0, 0, 0, 1, 1, 1, 0x26)
    clock.pass_seconds(10)
    timebase.shift(cells, 30_000_000_000)
    assert registers(DS3231(cells, clock), 0, 1) == b"\x40"


def test_a_lost_battery_forgets_everything(cells: memoryview, chip: DS3231, clock: Clock) -> None:
    set_time(chip, 0, 0, 0, 1, 1, 1, 0x26)
    chip.write(bytes.fromhex("0f 00"))
    timebase.lose_battery(cells)
    clock.pass_seconds(3)
    assert registers(chip, 0x0F, 1) == b"\x88"
    assert registers(chip, 4, 3) == bytes.fromhex("01 01 00")


def test_adafruits_driver_reads_what_it_sets(chip: DS3231) -> None:
    """The driver itself, on a bus that is just this chip."""
    import adafruit_ds3231

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

    driver = adafruit_ds3231.DS3231(Wire())
    assert driver.lost_power
    moment = time.struct_time((2027, 3, 4, 5, 6, 7, 3, -1, -1))
    driver.datetime = moment
    assert not driver.lost_power
    assert calendar.timegm(driver.datetime) == calendar.timegm(moment)
    assert driver.force_temperature_conversion() == 25.25
