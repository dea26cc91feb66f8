"""The chip's own non-volatile memory (``microcontroller.nvm``) as a place for the vault (a ``Memory``)."""

import sys

try:
    from collections.abc import Callable
except ImportError:
    pass

_PIECE = 256


class Nvm:
    """All of ``microcontroller.nvm``, kept from erasing by itself.

    On RP2, CircuitPython erases and rewrites the whole sector as soon as one byte to be set isn't 0xFF, so
    this refuses such a write: the vault appends into erased bytes and erases on purpose. On ESP32 and nRF
    it erases at every write (its ports/espressif/common-hal/nvm/ByteArray.c, ports/nordic/peripherals/nrf/
    nvm.c: an nRF52840's flash bears two writes between erases).
    """

    def __init__(self, nvm=None, erases_first: "bool | None" = None) -> None:  # type: ignore[no-untyped-def]
        """``nvm`` stands in for the chip's own; ``erases_first``: each change erases everything first,
        as on ESP32 and nRF (None: as this chip does)."""
        if nvm is None:
            import microcontroller

            nvm = microcontroller.nvm
        self._nvm = nvm
        self.size = len(nvm)
        """Bytes."""
        self.feed: "Callable[[], object] | None" = None
        """Called at each read, where a watchdog must not bite meanwhile."""
        if erases_first is None:
            erases_first = sys.platform in ("Espressif", "nRF52840", "nRF52833")
        self.erases_first = erases_first

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        if self.feed is not None:
            self.feed()
        return bytes(self._nvm[start : start + length])

    def write(self, start: int, data: bytes) -> None:
        """Writes into erased bytes; ``OSError`` where one of them isn't."""
        if self.read(start, len(data)) != b"\xff" * len(data):
            raise OSError("not erased")
        self._nvm[start : start + len(data)] = data

    def erase(self) -> None:
        """All bytes to 0xFF, in one go: the flash's sector is erased once, or not where it is blank."""
        step = self.size
        for start in range(0, self.size, _PIECE):
            piece = self.read(start, _PIECE)
            if piece == b"\xff" * len(piece):
                continue
            if step == self.size:
                try:
                    self._nvm[0:step] = b"\xff" * step
                    return
                except MemoryError:
                    step = _PIECE  # the heap is in pieces, too: more erases, the same end
            self._nvm[start : start + len(piece)] = b"\xff" * len(piece)
