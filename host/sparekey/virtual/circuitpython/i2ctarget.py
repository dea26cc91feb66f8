"""CircuitPython's ``i2ctarget``: this board listens on another board's I²C bus.

The wires to that bus are the file ``tap`` in the state folder: a link to the other board's ``traffic``.
"""

import time
from collections import deque
from types import TracebackType
from typing import Self

from sparekey.virtual import running, traffic
from sparekey.virtual.circuitpython.blinka_pin import Pin
from sparekey.virtual.mapped import mapped


class I2CTargetRequest:
    """A transaction of the bus's controller."""

    def __init__(self, transaction: traffic.Transaction) -> None:
        """A write that was recorded on the other board's bus."""
        self.address = transaction.address
        self.is_read = False
        self.is_restart = False
        self._data = transaction.data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, n: int = -1, ack: bool = True) -> bytearray:
        """At most ``n`` bytes of what the controller writes; all for -1."""
        count = len(self._data) if n < 0 else n
        data, self._data = self._data[:count], self._data[count:]
        return bytearray(data)

    def close(self) -> None:
        """Ends it."""


class I2CTarget:
    """A target at some addresses. Only what a controller writes is seen: nothing is answered."""

    def __init__(self, scl: Pin, sda: Pin, addresses: tuple[int, ...], smbus: bool = False) -> None:
        """Listens from now on."""
        self._addresses = addresses
        self._waiting: deque[traffic.Transaction] = deque()
        self._reader: traffic.Reader | None = None

    def request(self, *, timeout: float = -1) -> I2CTargetRequest | None:
        """The next transaction; None where none came within ``timeout`` seconds."""
        end = time.monotonic() + timeout
        while not self._waiting:
            self._listen()
            if not self._waiting:
                time.sleep(0.001)  # a program that asks again and again leaves the PC some rest
                if timeout >= 0 and time.monotonic() >= end:
                    return None
        return I2CTargetRequest(self._waiting.popleft())

    def deinit(self) -> None:
        """Stops listening."""
        self._reader = None

    def _listen(self) -> None:
        if self._reader is None:
            tap = running.board().state / "tap"
            if not tap.exists():
                return
            self._reader = traffic.Reader(mapped(tap.resolve(), traffic.CELLS))
        for seen in self._reader.transactions():
            if seen.address in self._addresses and not seen.reads:
                self._waiting.append(seen)
