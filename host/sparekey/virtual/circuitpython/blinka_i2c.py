"""What Blinka's ``busio.I2C`` works on: the virtual board's bus.

Stands in for ``adafruit_blinka.microcontroller.generic_agnostic_board.i2c``, which knows no chips.
"""

from sparekey.virtual.running import board

Buffer = bytes | bytearray | memoryview


class I2C:
    """The bus, as Blinka wants it. ``OSError`` for a NAK and for a bus held low."""

    def __init__(self, *, frequency: int = 100_000) -> None:
        """Raises ``RuntimeError`` where the lines are low, as CircuitPython does."""
        self.frequency = frequency
        self._bus = board().soldered.bus
        if board().soldered.wiring.bus_held_low:
            raise RuntimeError("No pull up found on SDA or SCL; check your wiring")

    def scan(self) -> list[int]:
        """The addresses that answer."""
        return self._bus.scan()

    def writeto(self, address: int, buffer: Buffer, *, stop: bool = True) -> None:
        """One write transaction."""
        self._bus.write(address, bytes(buffer))

    def readfrom_into(self, address: int, buffer: Buffer, *, stop: bool = True) -> None:
        """One read transaction."""
        view = memoryview(buffer)
        view[:] = self._bus.read(address, len(view))

    def writeto_then_readfrom(
        self,
        address: int,
        buffer_out: Buffer,
        buffer_in: Buffer,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
        stop: bool = False,
    ) -> None:
        """A write, a repeated start, a read."""
        self._bus.write(address, bytes(memoryview(buffer_out)[out_start:out_end]))
        self.readfrom_into(address, memoryview(buffer_in)[in_start:in_end])
