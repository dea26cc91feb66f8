"""Where a CIRCUITPY drive is plugged in: a mounted drive with CircuitPython's boot_out.txt on it."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .errors import DriveError, NoDrive

BOOT_OUT = "boot_out.txt"
LABEL = "CIRCUITPY"

_LINUX_ROOTS = ("/media", "/run/media")
_FAT = ("vfat", "msdos", "fuseblk", "exfat")


def find_drive(candidates: Iterable[Path], *, unmounted: Path | None = None) -> Path:
    """The one drive among ``candidates`` that has a boot_out.txt.

    ``unmounted``: the block device that the system has by the drive's label, where it has one.
    Raises ``NoDrive`` where there is none and ``DriveError`` where there are several, in words.
    """
    found = sorted({path.resolve() for path in candidates if is_circuitpython(path)})
    if len(found) == 1:
        return found[0]
    if found:
        raise DriveError(
            "Several CIRCUITPY drives are plugged in: "
            + ", ".join(map(str, found))
            + ". Name the one you mean."
        )
    if unmounted is not None and unmounted.exists():
        raise NoDrive(
            f"A {LABEL} drive is plugged in but not mounted. Mount it (udisksctl mount -b {unmounted}) "
            "and try again."
        )
    raise NoDrive(
        f"No {LABEL} drive is plugged in. A token hides its drive: unplug it, hold BACK, and plug it in "
        "again; if it holds accounts, it asks, and erases them first (see the board's README). A new board "
        "first needs CircuitPython."
    )


def candidates(platform: str = sys.platform) -> Iterator[Path]:
    """Places where this system mounts drives."""
    if platform == "darwin":
        yield from _children(Path("/Volumes"))
    elif platform == "win32":
        yield from _windows_drives()
    else:
        yield from _mounted(Path("/proc/mounts"))
        for root in map(Path, _LINUX_ROOTS):
            for place in _children(root):
                yield place
                yield from _children(place)


def unmounted_device(platform: str = sys.platform) -> Path | None:
    """Where Linux has the drive's block device, mounted or not."""
    return Path("/dev/disk/by-label") / LABEL if platform.startswith("linux") else None


def _mounted(table: Path) -> Iterator[Path]:
    """Mount points of FAT drives in a table such as /proc/mounts (proc(5): octal escapes)."""
    try:
        lines = table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return
    for line in lines:
        fields = line.split(" ")
        if len(fields) > 2 and fields[2] in _FAT:
            yield Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))


def _windows_drives() -> Iterator[Path]:
    for letter in "DEFGHIJKLMNOPQRSTUVWXYZ":
        yield Path(f"{letter}:\\")


def _children(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:  # no such folder here, or not ours to read
        return


def is_circuitpython(path: Path) -> bool:
    """Whether CircuitPython's boot_out.txt is at ``path``."""
    try:
        return (path / BOOT_OUT).is_file()
    except OSError:
        return False
