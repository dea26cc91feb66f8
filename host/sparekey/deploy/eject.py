"""Ejecting a drive, where the system lets a user do it."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 30


def eject(drive: Path, platform: str = sys.platform) -> bool:
    """Whether the drive mounted at ``drive`` could be ejected; a plain folder never can."""
    if not drive.is_mount():
        return False
    return any(_runs(command) for command in commands(drive, platform))


def commands(drive: Path, platform: str) -> list[Sequence[str]]:
    """What may eject ``drive`` on ``platform``, in the order to try."""
    if platform == "darwin":
        return [("diskutil", "eject", str(drive))]
    if platform == "win32":
        # namespace 17 is "This PC" (ShellSpecialFolderConstants.ssfDRIVES)
        script = (
            "(New-Object -ComObject Shell.Application).Namespace(17)"
            f".ParseName('{drive.drive}').InvokeVerb('Eject')"
        )
        return [("powershell", "-NoProfile", "-NonInteractive", "-Command", script)]
    tries: list[Sequence[str]] = [("gio", "mount", "--unmount", str(drive)), ("umount", str(drive))]
    device = device_of(drive, Path("/proc/mounts"))
    if device:
        tries.insert(0, ("udisksctl", "unmount", "--no-user-interaction", "-b", device))
    return tries


def device_of(drive: Path, table: Path) -> str:
    """The block device mounted at ``drive`` by a table such as /proc/mounts, or nothing."""
    try:
        rows = [line.split(" ") for line in table.read_text("utf-8", "surrogateescape").splitlines()]
    except OSError:
        return ""
    wanted = str(drive).replace("\\", "\\134").replace(" ", "\\040")
    return next((row[0] for row in rows if len(row) > 1 and row[1] == wanted), "")


def _runs(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
