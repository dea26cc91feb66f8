"""The AT24C32 EEPROM that comes with common DS3231 modules: 4,096 bytes, written 32 at a time.

A write past a page's end wraps to its start, and for up to 10 ms after a write the chip doesn't answer
(AT24C32 datasheet, "Page Write" and "Acknowledge Polling").
"""

import time

try:
    from .bus import Bus
except ImportError:
    pass

_PAGE = 32
_TRIES = 25  # a millisecond each


class Eeprom:
    """An AT24C32 on the I²C bus."""

    size = 4096

    def __init__(self, bus: "Bus", address: int) -> None:
        self._bus = bus
        self._address = address

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on; ``OSError`` where the chip doesn't answer."""
        data = bytearray(length)
        self._transfer(bytes((start >> 8, start & 0xFF)), data)
        return bytes(data)

    def write(self, start: int, data: bytes) -> None:
        """Page by page, each waited for; ``OSError`` where the chip doesn't answer."""
        place = 0
        while place < len(data):
            at = start + place
            piece = data[place : place + _PAGE - at % _PAGE]
            self._transfer(bytes((at >> 8, at & 0xFF)) + piece, None)
            place += len(piece)
        if data:
            self._transfer(b"\x00\x00", None)  # until the last page is written, too

    def erase(self) -> None:
        """All of it to 0xFF, the pages that aren't yet."""
        blank = b"\xff" * _PAGE
        for start in range(0, self.size, _PAGE):
            if self.read(start, _PAGE) != blank:
                self.write(start, blank)

    def _transfer(self, out: bytes, into: "bytearray | None") -> None:
        i2c = self._bus.i2c()
        tries = 0
        while not i2c.try_lock():
            tries = self._again(tries)
        try:
            while True:
                try:
                    if into is None:
                        i2c.writeto(self._address, out)
                    else:
                        i2c.writeto_then_readfrom(self._address, out, into)
                    return
                except OSError:
                    tries = self._again(tries)
        finally:
            i2c.unlock()

    def _again(self, tries: int) -> int:
        if tries >= _TRIES:
            raise OSError("the EEPROM doesn't answer")
        time.sleep(0.001)
        return tries + 1
