"""The RTC runs on while the computer is off, though its cells are against a clock that begins anew then."""

import struct
import time
from pathlib import Path

from .chips import timebase

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def carry_over(cells: memoryview, state: Path) -> None:
    """Where the computer was started anew since, puts the RTC as far as the computer's own clock has gone."""
    timebase.first_power(cells)
    note = state / "boot"
    boot = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""
    ahead = time.time_ns() - time.monotonic_ns()
    try:
        then_boot, then_ahead = note.read_text().split(maxsplit=1)
        if then_boot != boot:
            timebase.shift(cells, ahead - int(then_ahead))
    except (FileNotFoundError, ValueError, struct.error):
        pass
    note.write_text(f"{boot or '-'} {ahead}")
