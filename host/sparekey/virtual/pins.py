"""The board's pins, and what people do to its wires: press, unplug a chip, short the bus."""

import struct

FLOATING, LOW, HIGH = 0, 1, 2
INPUT, OUTPUT, OPEN_DRAIN = 0, 1, 2
PULL_NONE, PULL_UP, PULL_DOWN = 0, 1, 2

IN, OUT, STUCK = 0, 1, 2
"""A chip on its socket, off it, and on it but stuck: it stretches the clock and never lets it go again."""

PIN_COUNT = 32
# outside level, mode, pull, own level, times read
_PIN = struct.Struct("<BBBBI")
_SWITCHES = PIN_COUNT * _PIN.size
_BUS_LOW = 0
_SOCKETS = _SWITCHES + 1
_BUTTONS = _SOCKETS + 128
ASKED = _BUTTONS + 3
"""Where it is counted, modulo 256, how often the firmware asked for a press and there was none."""
CELLS = ASKED + 1
"""Bytes of the state: pins, switches for the bus and each I²C address, the pins of the buttons, a count."""


class Wiring:
    """Pins and switches, in a buffer of ``CELLS`` bytes."""

    def __init__(self, cells: memoryview) -> None:
        """Looks at, and works in, ``cells``."""
        self._cells = cells
        self.buttons = cells[_BUTTONS : _BUTTONS + 3]
        """The pins that OK, NEXT and BACK are on."""

    # the outside

    def drive(self, pin: int, level: int) -> None:
        """Puts a level on a pin from outside: ``FLOATING``, ``LOW`` or ``HIGH``."""
        self._cells[pin * _PIN.size] = level

    def reads_of(self, pin: int) -> int:
        """How often the firmware has read the pin."""
        return int(_PIN.unpack_from(self._cells, pin * _PIN.size)[4])

    @property
    def asked(self) -> int:
        """The count at ``ASKED``."""
        return self._cells[ASKED]

    def level_outside(self, pin: int) -> int:
        """What the chip puts on the pin: ``FLOATING``, ``LOW`` or ``HIGH``."""
        _, mode, _, level, _ = _PIN.unpack_from(self._cells, pin * _PIN.size)
        if mode == INPUT or (mode == OPEN_DRAIN and level):
            return FLOATING
        return HIGH if level else LOW

    @property
    def bus_held_low(self) -> bool:
        """Whether something holds SDA or SCL low."""
        return bool(self._cells[_SWITCHES + _BUS_LOW])

    @bus_held_low.setter
    def bus_held_low(self, held: bool) -> None:
        self._cells[_SWITCHES + _BUS_LOW] = held

    def unplugged(self, address: int) -> bool:
        """Whether the chip at that I²C address is off its socket."""
        return self._cells[_SOCKETS + address] == OUT

    def stuck(self, address: int) -> bool:
        """Whether the chip at that I²C address, spoken to, answers nothing and holds the clock."""
        return self._cells[_SOCKETS + address] == STUCK

    def plug(self, address: int, how: int) -> None:
        """Puts the chip at an I²C address on its socket, takes it off, or has it hang: ``IN OUT STUCK``."""
        self._cells[_SOCKETS + address] = how

    # the chip

    def reset(self) -> None:
        """All pins are inputs without pulls, as after power-up."""
        for pin in range(PIN_COUNT):
            self.configure(pin, INPUT, PULL_NONE)

    def count_asked(self) -> None:
        """The firmware asked for a press: what was pressed before has been heeded, and is shown."""
        self._cells[ASKED] = (self._cells[ASKED] + 1) % 256

    def configure(self, pin: int, mode: int, pull: int) -> None:
        """Mode and pull of a pin."""
        self._cells[pin * _PIN.size + 1] = mode
        self._cells[pin * _PIN.size + 2] = pull

    def put(self, pin: int, level: bool) -> None:
        """The level that an output has."""
        self._cells[pin * _PIN.size + 3] = level

    def get(self, pin: int) -> bool:
        """The level that the chip sees; an input that nothing drives reads low."""
        outside, mode, pull, level, reads = _PIN.unpack_from(self._cells, pin * _PIN.size)
        struct.pack_into("<I", self._cells, pin * _PIN.size + 4, (reads + 1) % 2**32)
        if mode == OUTPUT or (mode == OPEN_DRAIN and not level):
            return bool(level)
        if outside != FLOATING:
            return bool(outside == HIGH)
        return bool(pull == PULL_UP)
