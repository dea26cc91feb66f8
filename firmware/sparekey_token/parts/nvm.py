"""The chip's own non-volatile memory (``microcontroller.nvm``).

On RP2 and nRF a write into bytes that are 0xFF needs no erase of the sector; on ESP32 every write
erases first (what the vault assumes of it stands in ``vault/``).
"""

import microcontroller


class Nvm:
    """All of ``microcontroller.nvm``."""

    def __init__(self) -> None:
        self._nvm = microcontroller.nvm
        self.size = len(self._nvm)  # type: ignore[arg-type]

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        return bytes(self._nvm[start : start + length])  # type: ignore[index]

    def write(self, start: int, data: bytes) -> None:
        """Into erased bytes."""
        self._nvm[start : start + len(data)] = data  # type: ignore[index]

    def erase(self) -> None:
        """All of it to 0xFF."""
        self._nvm[0 : self.size] = b"\xff" * self.size  # type: ignore[index]
