"""An image onto a drive: what is to do, whether it fits, doing it, and looking that it is there."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from . import boot_out
from .board import Board
from .drive_files import DriveFiles
from .drives import BOOT_OUT
from .errors import DriveError
from .image import Image
from .plan import Plan, Step, make_plan

# characters; CircuitPython's has a few hundred
_MAX_BOOT_OUT = 8192

Progress = Callable[[Step, int, int], None]
"""Told of each step before it is taken, with its number from 1 and how many there are."""


@dataclass(frozen=True)
class Prepared:
    """A drive that was looked at, and the way from what it holds to the image."""

    files: DriveFiles
    image: Image
    plan: Plan


def read_boot_out(drive: Path) -> boot_out.BootOut:
    """What the drive says of its CircuitPython; ``DriveError`` where it says nothing of the kind."""
    try:
        with (drive / BOOT_OUT).open(encoding="utf-8", errors="replace") as file:
            text = file.read(_MAX_BOOT_OUT)
    except OSError as fault:
        raise DriveError(
            f"{drive} is no CircuitPython drive: it has no {BOOT_OUT}. Name the drive called CIRCUITPY."
        ) from fault
    return boot_out.parse(text)


def check_fits_board(found: boot_out.BootOut, board: Board) -> None:
    """``DriveError`` in words where the drive's board or CircuitPython isn't right for ``board``."""
    words = boot_out.refusal(found, board.circuitpython, board.name)
    if words:
        raise DriveError(words)


@contextlib.contextmanager
def alone_on(drive: Path) -> Iterator[None]:
    """Keeps other deployments off ``drive`` meanwhile: one's plan holds for what the other has not changed.

    ``DriveError`` where one is under way. On Windows nothing is kept off.
    """
    if fcntl is None:
        yield
        return
    try:
        descriptor = os.open(drive, os.O_RDONLY)
    except OSError as fault:
        raise DriveError(f"{drive} can't be read: {fault.strerror}. Plug it in again.") from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise DriveError(f"Another deployment is writing to {drive}. Wait until it has ended.") from fault
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(descriptor)


def prepare(drive: Path, image: Image) -> Prepared:
    """Compares ``drive`` with ``image``; nothing is written.

    Raises ``DriveError`` where the drive can't be read or has no room for what is to be written.
    """
    files = DriveFiles(drive)
    plan = make_plan(image, *files.look(image))
    free, cluster = files.room()
    needed = plan.room(cluster)
    if needed > free:
        raise DriveError(
            f"{drive} has {free // 1024} KB free and {needed // 1024} KB are needed, so that the old "
            "firmware stays until the new one is complete. Remove files of your own from it."
        )
    return Prepared(files, image, plan)


def install(prepared: Prepared, progress: Progress | None = None) -> None:
    """Takes every step of the plan, then reads all files back.

    Raises ``DriveError``; whatever was the last step taken, the token starts with one firmware whole.
    """
    steps = prepared.plan.steps
    for number, step in enumerate(steps, 1):
        if progress:
            progress(step, number, len(steps))
        prepared.files.take(step)
    wrong = prepared.files.differing(prepared.image)
    if wrong:
        raise DriveError(f"The drive reads back other than it was written: {', '.join(wrong)}. Deploy again.")
