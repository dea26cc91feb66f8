"""What Blinka's ``digitalio`` and ``keypad`` work on: the virtual board's pins.

Stands in for ``adafruit_blinka.microcontroller.generic_agnostic_board.pin``, whose pins are toys.
"""

from sparekey.virtual import pins
from sparekey.virtual.running import board


class Pin:
    """A pin, as Blinka wants it."""

    IN, OUT, OPEN_DRAIN = pins.INPUT, pins.OUTPUT, pins.OPEN_DRAIN
    LOW, HIGH = 0, 1
    PULL_NONE, PULL_UP, PULL_DOWN = pins.PULL_NONE, pins.PULL_UP, pins.PULL_DOWN

    def __init__(self, number: int) -> None:
        """Pin ``number`` of the board."""
        self.id = number

    def __repr__(self) -> str:
        return f"board.D{self.id}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pin) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def init(self, mode: int = IN, pull: int | None = None) -> None:
        """Makes it an input or an output."""
        board().soldered.wiring.configure(self.id, mode, pull or pins.PULL_NONE)

    def value(self, level: int | None = None) -> int | None:
        """Reads it, or sets it."""
        if level is None:
            return int(board().soldered.wiring.get(self.id))
        board().soldered.wiring.put(self.id, bool(level))
        return None
