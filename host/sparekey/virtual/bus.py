"""The I²C bus between the firmware and its chips: addresses, acknowledges, a lock, a record of traffic."""

import errno
import threading
import time

from .chips import I2CChip, NoAnswer
from .pins import Wiring
from .traffic import READ, WRITE, Recorder


class Bus:
    """An I²C bus with chips by their 7-bit addresses."""

    def __init__(self, chips: dict[int, I2CChip], wiring: Wiring, recorder: Recorder) -> None:
        """``wiring`` says which chips are unplugged or stuck, and whether someone holds the bus low."""
        self._chips = chips
        self._wiring = wiring
        self._recorder = recorder
        self._owner: int | None = None
        self._guard = threading.Lock()
        self.moment = 0
        """When the transaction under way began, in monotonic nanoseconds: the time that chips go by."""

    def try_lock(self) -> bool:
        """Takes the bus; False while it is taken, by the same thread too."""
        with self._guard:
            if self._owner is not None:
                return False
            self._owner = threading.get_ident()
            return True

    def unlock(self) -> None:
        """Gives the bus back; only who took it can."""
        with self._guard:
            if self._owner == threading.get_ident():
                self._owner = None

    @property
    def free(self) -> bool:
        """Whether nobody has the bus."""
        return self._owner is None

    def scan(self) -> list[int]:
        """The addresses that answer."""
        return [address for address in sorted(self._chips) if self._present(address)]

    def write(self, address: int, data: bytes) -> None:
        """One write, start to stop. ``OSError``: ``ENODEV`` for a NAK, ``ETIMEDOUT`` for a bus held low."""
        chip = self._selected(address, WRITE, data)
        try:
            chip.write(data)
        except NoAnswer:
            self._refuse(address, WRITE, data)
        self._recorder.record(address, WRITE, data, True, self.moment)

    def read(self, address: int, length: int) -> bytes:
        """One read, start to stop; fails as ``write`` does."""
        chip = self._selected(address, READ, b"")
        try:
            data = chip.read(length)
        except NoAnswer:
            self._refuse(address, READ, b"")
        self._recorder.record(address, READ, data, True, self.moment)
        return data

    def _present(self, address: int) -> bool:
        return address in self._chips and not self._wiring.unplugged(address)

    def _selected(self, address: int, direction: int, data: bytes) -> I2CChip:
        if self._wiring.bus_held_low:
            time.sleep(0.01)  # a peripheral's time-out; it blocks the caller on a board as well
            raise OSError(errno.ETIMEDOUT, "the I²C bus is held low")
        if not self._present(address):
            self._refuse(address, direction, data)
        while self._wiring.stuck(address):
            time.sleep(0.001)  # as on a port whose driver knows no time-out
        self.moment = time.monotonic_ns()
        return self._chips[address]

    def _refuse(self, address: int, direction: int, data: bytes) -> None:
        self._recorder.record(address, direction, data, False)
        raise OSError(errno.ENODEV, f"no I²C chip answers at {address:#04x}")
