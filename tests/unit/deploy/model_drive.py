"""A drive as a dict, a plan's steps taken on it, and which firmware CircuitPython would start from it."""

import hashlib
import re

from sparekey.deploy.image import Image
from sparekey.deploy.plan import STARTERS, Step

_INSERTED = re.compile(rb'sys\.path\.insert\(0, "([^"]+)"\)')


class ModelDrive:
    """Files by path, and folders."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = set()

    def copy(self) -> "ModelDrive":
        other = ModelDrive()
        other.files, other.folders = dict(self.files), set(self.folders)
        return other

    def look(self) -> tuple[dict[str, str], set[str]]:
        """What ``make_plan`` is told."""
        return (
            {path: hashlib.sha256(data).hexdigest() for path, data in self.files.items()},
            set(self.folders),
        )

    def take(self, step: Step, *, torn: bool = False) -> None:
        """Takes a step as a file system would; ``torn``: a write stops half-way."""
        if step.act == "folder":
            self.folders.add(step.path)
        elif step.act == "write":
            parent = step.path.rpartition("/")[0]
            assert not parent or parent in self.folders, f"{step.path} has no folder yet"
            self.files[step.path] = step.data[: len(step.data) // 2] if torn else step.data
        elif step.act == "rename":
            self.files[step.path] = self.files.pop(step.source)
        elif step.act == "delete":
            del self.files[step.path]
        else:
            assert step.act == "delete_folder"
            assert not any(path.startswith(step.path + "/") for path in self.files)
            self.folders.remove(step.path)

    def starts(self, image: Image) -> bool:
        """Whether CircuitPython, started now, would run ``image`` and nothing else."""
        return all(self._runs(starter, image) for starter in STARTERS)

    def starts_whole(self, *images: Image) -> bool:
        """Whether boot.py and code.py each run one of ``images`` and nothing else."""
        return all(any(self._runs(starter, image) for image in images) for starter in STARTERS)

    def _runs(self, starter: str, image: Image) -> bool:
        found = self.files.get(starter)
        if found is None or not found.endswith(image.files[starter]):
            return False
        inserted = _INSERTED.search(found)
        roots = [inserted[1].decode() + "/"] if inserted else []
        return all(
            self._resolve(path, [*roots, "", "lib/"]) == data
            for path, data in image.files.items()
            if path not in STARTERS
        )

    def _resolve(self, path: str, roots: list[str]) -> bytes | None:
        """What is imported under the name of ``path``: the first root that has its top-level name
        decides, and there ``.py`` goes before ``.mpy``."""
        module = path.removeprefix("lib/").rpartition(".")[0]
        top = module.partition("/")[0]
        for root in roots:
            if root + top in self.folders or any(
                f"{root}{top}.{kind}" in self.files for kind in ("py", "mpy")
            ):
                for kind in ("py", "mpy"):
                    if f"{root}{module}.{kind}" in self.files:
                        return self.files[f"{root}{module}.{kind}"]
                return None
        return None
