"""CircuitPython's ``supervisor``, as far as a program asks it anything on the virtual board."""

import time
from typing import Never

from sparekey.virtual import exit_codes, running


class RunReason:
    """Why the program runs."""

    STARTUP = "startup"
    AUTO_RELOAD = "auto_reload"
    SUPERVISOR_RELOAD = "supervisor_reload"
    REPL_RELOAD = "repl_reload"


class SafeModeReason:
    """Why the board is in safe mode."""

    NONE = "none"
    HARD_FAULT = "hard_fault"


class Runtime:
    """The state of the running program."""

    usb_connected = True
    serial_connected = False
    serial_bytes_available = 0
    run_reason = RunReason.STARTUP

    @property
    def safe_mode_reason(self) -> str:
        """One of ``SafeModeReason``."""
        crashed = running.board().reset_reason == running.HARD_FAULT
        return SafeModeReason.HARD_FAULT if crashed else SafeModeReason.NONE

    @property
    def ble_workflow(self) -> bool:
        """Whether files and REPL are there over Bluetooth: this chip has none."""
        return False

    @ble_workflow.setter
    def ble_workflow(self, on: bool) -> None:
        raise NotImplementedError

    autoreload = True


runtime = Runtime()


def ticks_ms() -> int:
    """Milliseconds, from 0 to 2²⁹-1 and around, beginning near the end as CircuitPython does."""
    return (time.monotonic_ns() // 1_000_000 + (1 << 29) - 65_536) % (1 << 29)


def reload() -> Never:
    """Starts the program again."""
    running.board().reset(exit_codes.SOFTWARE)


def set_usb_identification(
    manufacturer: str | None = None, product: str | None = None, vid: int = -1, pid: int = -1
) -> None:
    """What the USB device calls itself; only in boot.py. A pty has no such thing."""
    if running.board().booted:
        raise RuntimeError("Cannot change USB devices now")
