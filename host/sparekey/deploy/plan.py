"""How an image gets onto a drive so that a cable pulled after any step leaves one firmware whole.

FAT knows no transaction; what comes nearest is the renaming of one file. So where more than one file
must change, the new firmware is first written into a folder of its own, beside the old one. Renaming
``code.py`` is the switch: the one written then puts that folder first on ``sys.path``. Only now are
the files in their usual places replaced, which nothing imports any more; ``code.py`` as it ships is
the switch back to them, and the folder goes. ``boot.py``, which CircuitPython starts by itself, gets
the same treatment just before ``code.py``.

    old firmware runs            new firmware runs from its folder            new firmware runs
    write sparekey-1a2b3c4d/ ──▶ code.py ──▶ replace files in place ──▶ code.py ──▶ remove the folder
"""

import hashlib
import re
from dataclasses import dataclass, field

from .image import Image

OWNED = "sparekey_token/"
"""The folder that is the firmware's alone: what the image doesn't have is removed from it."""

STARTERS = ("boot.py", "code.py")
TEMPORARY = ".new"
"""What is put behind a name while its file is being written; nothing imports such a name."""

STAGING = re.compile(r"^sparekey-[0-9a-f]{8}$")


@dataclass(frozen=True)
class Step:
    """One change of the drive; ``act`` is ``folder``, ``write``, ``rename`` (from ``source`` to ``path``),
    ``delete`` or ``delete_folder`` (with all that is in it)."""

    act: str
    path: str
    data: bytes = b""
    source: str = ""


@dataclass
class Plan:
    """The steps in their order, and what they come to."""

    steps: list[Step] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether any file of the firmware changes (what a cut left may be swept away all the same)."""
        return bool(self.added or self.replaced or self.removed)

    def room(self, cluster: int) -> int:
        """Bytes of free space that the steps need at most, in clusters of ``cluster`` bytes."""
        sizes = (len(step.data) if step.act == "write" else 1 for step in self.steps if step.act != "delete")
        return sum(-(-size // cluster) * cluster for size in sizes)


def make_plan(image: Image, present: dict[str, str], folders: set[str]) -> Plan:
    """The steps from a drive that has the files ``present`` (path → SHA-256) and ``folders`` to ``image``."""
    wanted = image.hashes()
    changed = [path for path in wanted if present.get(path) != wanted[path]]
    plan = Plan(
        added=[path for path in changed if path not in present and _twin(path) not in present],
        replaced=[path for path in changed if path in present or _twin(path) in present],
        removed=sorted(path for path in present if path not in wanted and _is_stale(path, wanted)),
    )
    state = _State(plan, dict(present), set(folders))
    if len(plan.replaced) + len(plan.removed) > 1:
        _through_staging(image, plan, state)
    else:
        _in_place(image, plan, state)
    state.sweep()
    return plan


def transitional(code: bytes, folder: str) -> bytes:
    """``code``, a starter, preceded by the lines that put ``folder`` first on ``sys.path``."""
    return (
        b'import sys  # until the update is complete\n\nsys.path.insert(0, "%s")\n' % folder.encode() + code
    )


def _is_stale(path: str, wanted: dict[str, str]) -> bool:
    if path.endswith(TEMPORARY) or STAGING.match(path.partition("/")[0]):
        return False  # swept at the end
    return path.startswith(OWNED) or _twin(path) in wanted


def _twin(path: str) -> str:
    """The same module in the other form; of ``a.py`` and ``a.mpy``, the device imports the former."""
    stem, _, kind = path.rpartition(".")
    return f"{stem}.{'mpy' if kind == 'py' else 'py'}"


class _State:
    """The drive as it is after the steps so far."""

    def __init__(self, plan: Plan, files: dict[str, str], folders: set[str]) -> None:
        self._plan = plan
        self._files = files
        self._folders = folders

    def put(self, path: str, data: bytes, *, live: bool = True) -> None:
        """Writes a file, under a temporary name first where it may be imported already."""
        digest = hashlib.sha256(data).hexdigest()
        if self._files.get(path) == digest:
            return
        self._make_folders(path)
        if live:
            self._add(Step("write", path + TEMPORARY, data))
            self._add(Step("rename", path, source=path + TEMPORARY))
            self._files.pop(path + TEMPORARY, None)
        else:
            self._add(Step("write", path, data))
        self._files[path] = digest

    def delete(self, path: str) -> None:
        self._add(Step("delete", path))
        self._files.pop(path, None)

    def sweep(self) -> None:
        """Removes staging folders and temporary files, also those that an earlier cut left."""
        for path in sorted(self._files):
            if path.endswith(TEMPORARY) or STAGING.match(path.partition("/")[0]):
                self.delete(path)
        for folder in sorted(self._folders, key=lambda name: -name.count("/")):
            empty = not any(name.startswith(folder + "/") for name in (*self._files, *self._folders))
            if empty and (STAGING.match(folder.partition("/")[0]) or folder.startswith(OWNED)):
                self._add(Step("delete_folder", folder))
                self._folders.discard(folder)

    def _make_folders(self, path: str) -> None:
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in self._folders:
                self._add(Step("folder", folder))
                self._folders.add(folder)

    def _add(self, step: Step) -> None:
        self._plan.steps.append(step)


def _in_place(image: Image, plan: Plan, state: _State) -> None:
    """What is added first, then the one file that changes (nothing reads what is new before that)."""
    for path in plan.added:
        if path not in STARTERS:
            state.put(path, image.files[path])
    for path in plan.removed:
        state.delete(path)
    for path in plan.replaced:
        if path not in STARTERS:
            state.put(path, image.files[path])
    for path in STARTERS:
        state.put(path, image.files[path])


def _through_staging(image: Image, plan: Plan, state: _State) -> None:
    touched = {_unit(path) for path in (*plan.added, *plan.replaced, *plan.removed)}
    digest = hashlib.sha256(repr(sorted(image.hashes().items())).encode()).hexdigest()
    folder = f"sparekey-{digest[:8]}"
    for path, data in image.files.items():
        if path not in STARTERS and _unit(path) in touched:
            state.put(f"{folder}/{path.removeprefix('lib/')}", data, live=False)
    for path in STARTERS:
        state.put(path, transitional(image.files[path], folder))
    for path, data in image.files.items():
        if path not in STARTERS:
            state.put(path, data)
    for path in plan.removed:
        state.delete(path)
    for path in STARTERS:
        state.put(path, image.files[path])


def _unit(path: str) -> str:
    """The top-level module or package that ``path`` belongs to, wherever it lies."""
    return path.removeprefix("lib/").partition("/")[0].partition(".")[0]
