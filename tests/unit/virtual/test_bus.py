"""The I²C bus: locks, missing chips, a bus held low, and the record of what went over it."""

import errno
import threading

import pytest

from sparekey.virtual import pins, traffic
from sparekey.virtual.bus import Bus
from sparekey.virtual.chips import NoAnswer
from sparekey.virtual.traffic import Reader, Recorder


class Chip:
    """Remembers what it was told; doesn't answer while ``deaf``."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.deaf = False

    def write(self, data: bytes) -> None:
        if self.deaf:
            raise NoAnswer
        self.written.append(data)

    def read(self, length: int) -> bytes:
        if self.deaf:
            raise NoAnswer
        return bytes(range(length))


@pytest.fixture
def chip() -> Chip:
    return Chip()


@pytest.fixture
def wiring() -> pins.Wiring:
    return pins.Wiring(memoryview(bytearray(pins.CELLS)))


@pytest.fixture
def recorded() -> memoryview:
    return memoryview(bytearray(traffic.CELLS))


@pytest.fixture
def bus(chip: Chip, wiring: pins.Wiring, recorded: memoryview) -> Bus:
    return Bus({0x21: chip}, wiring, Recorder(recorded))


def test_the_lock_is_a_lock_for_its_owner_too(bus: Bus) -> None:
    assert bus.try_lock()
    assert not bus.try_lock()
    others: list[bool] = []
    thread = threading.Thread(target=lambda: others.extend([bus.try_lock(), bus.unlock() is None]))
    thread.start()
    thread.join()
    assert others == [False, True]
    assert not bus.free, "nobody else can unlock it"
    bus.unlock()
    assert bus.free


def test_what_is_not_there_is_not_acknowledged(bus: Bus, chip: Chip, wiring: pins.Wiring) -> None:
    with pytest.raises(OSError) as fault:
        bus.write(0x22, b"")
    assert fault.value.errno == errno.ENODEV
    assert bus.scan() == [0x21]
    wiring.plug(0x21, pins.OUT)
    assert bus.scan() == []
    with pytest.raises(OSError):
        bus.read(0x21, 1)
    wiring.plug(0x21, pins.IN)
    assert bus.read(0x21, 2) == b"\0\1"
    chip.deaf = True
    with pytest.raises(OSError) as fault:
        bus.write(0x21, b"x")
    assert fault.value.errno == errno.ENODEV


def test_a_bus_held_low_times_out(bus: Bus, wiring: pins.Wiring) -> None:
    wiring.bus_held_low = True
    with pytest.raises(OSError) as fault:
        bus.write(0x21, b"x")
    assert fault.value.errno == errno.ETIMEDOUT
    wiring.bus_held_low = False
    bus.write(0x21, b"x")


def test_traffic_is_recorded_with_what_was_not_acknowledged(bus: Bus, recorded: memoryview) -> None:
    reader = Reader(recorded)
    bus.write(0x21, b"abc")
    bus.read(0x21, 2)
    with pytest.raises(OSError):
        bus.write(0x33, b"d")
    seen = [tuple(one)[1:] for one in reader.transactions()]
    assert seen == [
        (0x21, False, True, b"abc"),
        (0x21, True, True, b"\0\1"),
        (0x33, False, False, b"d"),
    ]
    assert reader.transactions() == []


def test_the_ring_goes_round_and_says_when_it_ran_over(recorded: memoryview) -> None:
    recorder, reader = Recorder(recorded), Reader(recorded)
    for number in range(3000):
        recorder.record(0x3C, traffic.WRITE, bytes([number % 256]) * 200, True)
        (seen,) = reader.transactions()
        assert seen.data == bytes([number % 256]) * 200
    for _ in range(3000):
        recorder.record(0x3C, traffic.WRITE, bytes(200), True)
    with pytest.raises(OverflowError):
        reader.transactions()
    assert reader.transactions() == []


def test_pins_have_pulls_and_outside_levels() -> None:
    wiring = pins.Wiring(memoryview(bytearray(pins.CELLS)))
    assert wiring.get(3) is False
    wiring.configure(3, pins.INPUT, pins.PULL_UP)
    assert wiring.get(3) is True
    wiring.drive(3, pins.LOW)
    assert wiring.get(3) is False
    assert wiring.reads_of(3) == 3
    wiring.drive(3, pins.FLOATING)
    wiring.configure(3, pins.OPEN_DRAIN, pins.PULL_NONE)
    wiring.put(3, False)
    assert wiring.level_outside(3) == pins.LOW
    wiring.put(3, True)
    assert wiring.level_outside(3) == pins.FLOATING
    wiring.configure(3, pins.OUTPUT, pins.PULL_NONE)
    assert wiring.level_outside(3) == pins.HIGH
