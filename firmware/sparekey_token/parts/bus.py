"""The I²C bus that the parts share, made when it can be and made again after a fault.

A bus that something holds low, or that lacks its pull-ups, can't be made at all; the token then still
answers the host and says what is wrong.
"""

try:
    from collections.abc import Callable

    from busio import I2C
except ImportError:
    pass


class Bus:
    """Makes and keeps the board's I²C bus."""

    def __init__(self, make: "Callable[[], I2C]") -> None:
        """``make`` is the board's ``pins.I2C``."""
        self._make = make
        self._i2c: "I2C | None" = None

    def i2c(self) -> "I2C":
        """The ``busio.I2C``; ``OSError`` where it can't be made now."""
        if self._i2c is None:
            try:
                self._i2c = self._make()
            except (RuntimeError, ValueError) as fault:
                raise OSError("no I2C bus: " + str(fault))
        return self._i2c

    def deinit(self) -> None:
        """Lets the pins go."""
        if self._i2c is not None:
            self._i2c.deinit()
            self._i2c = None

    def answers(self, address: int) -> bool:
        """Whether the chip at ``address`` acknowledges; raises nothing."""
        try:
            i2c = self.i2c()
            if not i2c.try_lock():
                return False
            try:
                i2c.writeto(address, b"")
            finally:
                i2c.unlock()
            return True
        except OSError:
            return False
