"""CircuitPython's ``watchdog``: resets the chip when it isn't fed. At most 8 s, as on an RP2040."""

from sparekey.virtual import running
from sparekey.virtual.watchdog import MOST_SECONDS


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
        self._timer = running.board().soldered.watchdog

    @property
    def timeout(self) -> float | None:
        """Seconds that it can go without food."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError("timeout must be 0-8")
        self._timeout = seconds
        if self._mode is not None:
            self._timer.wake(seconds)

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
        if self._timeout is not None and mode is not None:
            self._timer.wake(self._timeout)

    def feed(self) -> None:
        """Good dog; ``ValueError`` while it sleeps."""
        if self._mode is None:
            raise ValueError("WatchDogTimer is not currently running")
        self._timer.feed()

    def deinit(self) -> None:
        """Puts it to sleep; a ``RESET`` watchdog of an RP2040 can't be."""
        self.mode = None
