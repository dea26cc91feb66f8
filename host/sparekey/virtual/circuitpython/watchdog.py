"""CircuitPython's ``watchdog``: bites the process when it isn't fed. At most 8 s, as on an RP2040."""

import threading
import time

from sparekey.virtual import running

_MOST_SECONDS = 8.388


class WatchDogTimeout(Exception):
    """What ``RAISE`` mode raises; the virtual board has ``RESET`` mode only."""


class WatchDogMode:
    """What happens when nobody feeds it."""

    RAISE = "raise"
    RESET = "reset"


class WatchDogTimer:
    """The watchdog; ``timeout`` in seconds, ``mode`` None while it sleeps."""

    def __init__(self) -> None:
        """Asleep."""
        self._timeout: float | None = None
        self._mode: str | None = None
        self._fed = 0.0
        self._watching = False

    @property
    def timeout(self) -> float | None:
        """Seconds that it can go without food."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        if not 0 < seconds <= _MOST_SECONDS:
            raise ValueError("timeout must be 0-8")
        self._timeout = seconds
        self.feed()

    @property
    def mode(self) -> str | None:
        """``WatchDogMode.RESET``, or None."""
        return self._mode

    @mode.setter
    def mode(self, mode: str | None) -> None:
        if mode == WatchDogMode.RAISE:
            raise NotImplementedError("the virtual board's watchdog only resets")
        if mode is None and self._mode is not None:
            raise RuntimeError("WatchDogTimer cannot be deinitialized once mode is set to RESET")
        if mode is not None and self._timeout is None:
            raise ValueError("WatchDogTimer.timeout must be greater than 0")
        self._mode = mode
        self.feed()
        if mode is not None and not self._watching:
            self._watching = True
            threading.Thread(target=self._watch, daemon=True).start()

    def feed(self) -> None:
        """Good dog."""
        self._fed = time.monotonic()

    def deinit(self) -> None:
        """Puts it to sleep; a ``RESET`` watchdog of an RP2040 can't be."""
        self.mode = None

    def _watch(self) -> None:
        while True:
            assert self._timeout is not None
            left = self._fed + self._timeout - time.monotonic()
            if left <= 0:
                running.board().reset(running.WATCHDOG)
            time.sleep(left)
