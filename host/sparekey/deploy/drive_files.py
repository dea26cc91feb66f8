"""A drive's files: looking at those that matter, and taking one step of a plan on them."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from .errors import DriveError
from .image import Image
from .plan import OWNED, STAGING, TEMPORARY, Step

_CLUSTER = 4096  # bytes; the largest that CircuitPython's drives use


class DriveFiles:
    """The files of the drive mounted at ``root``; every fault of the drive is a ``DriveError``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def look(self, image: Image) -> tuple[dict[str, str], set[str]]:
        """``(present, folders)`` for ``make_plan``: files that the image names, their twins in the other
        form (.py, .mpy), what a cut left, and all of the firmware's own folder."""
        paths: set[Path] = set()
        for name in image.files:
            path = self.root / name
            paths |= {path, path.with_suffix(".py"), path.with_suffix(".mpy"), self.root / (name + TEMPORARY)}
        try:
            owned = [self.root / OWNED.rstrip("/")]
            owned += [path for path in self.root.iterdir() if STAGING.match(path.name)]
            self._refuse_links(owned)
            inside = [path for folder in owned for path in (folder, *folder.rglob("*")) if path.exists()]
            paths.update(path for path in inside if "__pycache__" not in path.parts)
            parents = {parent for path in paths for parent in path.parents if parent != self.root}
            self._refuse_links(path for path in paths | parents if path.is_relative_to(self.root))
            folders = {path for path in paths | parents if path.is_dir() and path.is_relative_to(self.root)}
            files = {path for path in paths if path.is_file()}
            return {self._name(path): _sha256(path) for path in files}, {self._name(path) for path in folders}
        except OSError as fault:
            raise DriveError(f"{self.root} can't be read: {fault.strerror}. Plug it in again.") from fault

    def room(self) -> tuple[int, int]:
        """``(free bytes, cluster bytes)``."""
        try:
            return shutil.disk_usage(self.root).free, _CLUSTER
        except OSError as fault:
            raise DriveError(f"{self.root} can't be read: {fault.strerror}. Plug it in again.") from fault

    def take(self, step: Step) -> None:
        """Does one step and brings it to the drive before it returns.

        Raises ``DriveError`` where the drive refuses, or reads back other bytes than were written.
        """
        path = self.root / step.path
        try:
            match step.act:
                case "folder":
                    path.mkdir(exist_ok=True)
                case "write":
                    _write(path, step.data)
                case "rename":
                    (self.root / step.source).replace(path)
                case "delete":
                    path.unlink(missing_ok=True)
                case "delete_folder":
                    shutil.rmtree(path, ignore_errors=True)
                case _:
                    raise ValueError(step.act)
            _sync_folder(path.parent)
            whole = step.act != "write" or _sha256(path) == hashlib.sha256(step.data).hexdigest()
        except OSError as fault:
            raise DriveError(_words(fault, self.root, step.path)) from fault
        if not whole:
            raise DriveError(
                f"{step.path} reads back other than it was written: the drive is damaged. Format it with "
                "storage.erase_filesystem() in CircuitPython's prompt, then deploy again."
            )

    def differing(self, image: Image) -> list[str]:
        """Files of ``image`` that the drive has not, or otherwise."""
        wanted = image.hashes()
        return [path for path in wanted if _sha256_or_none(self.root / path) != wanted[path]]

    def _refuse_links(self, paths: Iterable[Path]) -> None:
        """FAT has no links: what has some is no CircuitPython drive, and they may lead to anyone's files."""
        for path in paths:
            if path.is_symlink():
                raise DriveError(
                    f"{self._name(path)} on {self.root} is a link, which CircuitPython's drives don't have. "
                    "Is this the right drive? Nothing is written to it."
                )

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
        if hasattr(os, "posix_fadvise"):  # read back from the drive, not from memory
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:  # some file systems can't; the file itself is synced
        pass
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sha256_or_none(path: Path) -> str | None:
    try:
        return _sha256(path)
    except OSError:
        return None


def _words(fault: OSError, root: Path, name: str) -> str:
    if isinstance(fault, PermissionError) or fault.errno == 30:  # EROFS
        return (
            f"{root} is read-only for this computer ({name}). A token lends its drive only "
            "to who holds BACK while plugging it in, and erases its accounts first (see the board's README)."
        )
    if fault.errno == 28:  # ENOSPC
        return f"{root} is full ({name}). Remove files of your own from it and deploy again."
    return f"{name} can't be written on {root}: {fault.strerror}. Plug it in again and deploy again."
