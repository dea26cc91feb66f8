"""What runs on the virtual board: the folders on its path, and the scripts in their order."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FirmwareFiles:
    """A firmware, as a CIRCUITPY drive would have it."""

    path: tuple[Path, ...]
    """Folders to import from: the drive's root, the board's ``pins.py``."""
    scripts: tuple[Path, ...]
    """boot.py and code.py."""
    safe_mode: Path | None = None
    """safemode.py, run in place of them after a crash."""

    @classmethod
    def of(cls, firmware: Path, board: Path) -> "FirmwareFiles":
        """``firmware`` holds boot.py and code.py, ``board`` pins.py."""
        scripts = (firmware / "boot.py", firmware / "code.py")
        return cls((firmware, board), scripts, firmware / "safemode.py")
