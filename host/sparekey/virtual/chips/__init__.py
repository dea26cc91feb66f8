"""The chips on the virtual board, each as its datasheet has it.

A chip on the I²C bus has ``write(data)`` and ``read(length)``: one transaction each, from start to stop.
Its state is a buffer (``CELLS`` bytes), so that another process can map the same file and look.
"""

from typing import Protocol


class NoAnswer(Exception):
    """The chip doesn't acknowledge its address just now (an EEPROM in its write cycle)."""


class I2CChip(Protocol):
    """What the bus asks of a chip."""

    def write(self, data: bytes) -> None:
        """Takes the bytes of one write transaction; none for a bare address. ``NoAnswer``: NAK."""

    def read(self, length: int) -> bytes:
        """Gives the bytes of one read transaction. ``NoAnswer``: NAK."""


class ClockChip(I2CChip, Protocol):
    """A clock chip, with what happens to it beside its bus."""

    def power_up(self) -> None:
        """The board's supply comes back; what its battery did meanwhile is the chip's business."""

    def set_clock(self, unix: int) -> None:
        """Sets it to Unix seconds, as a program would."""
