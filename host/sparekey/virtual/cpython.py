"""Starts the firmware under CPython, on Blinka and the emulated chips."""

import json
import sys
from pathlib import Path

from .firmware_files import FirmwareFiles


def command(files: FirmwareFiles, state: Path, cable: int, telling: int, reset_reason: str) -> list[str]:
    """The command line of the firmware's process."""
    told = {
        "path": [str(folder) for folder in files.path],
        "scripts": [str(script) for script in files.scripts],
        "state": str(state),
        "cable": cable,
        "telling": telling,
        "reset_reason": reset_reason,
    }
    # -P: nothing of the current folder is imported
    return [sys.executable, "-P", "-m", "sparekey.virtual.firmware", json.dumps(told)]
