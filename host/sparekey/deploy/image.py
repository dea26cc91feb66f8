"""What belongs on a board's drive: every file by its path there, in the order it is written."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .board import Board, refusal
from .errors import BoardFault
from .libraries import closure, drive_path, installed_modules
from .source import DeviceSource

Compiler = Callable[[bytes, str], bytes]
"""Turns a module's source and its path on the drive into byte code (``byte_code``)."""

_AS_SOURCE = ("safemode.py", "boot.py", "code.py")  # CircuitPython starts these by their very names


@dataclass(frozen=True)
class Image:
    """The files of one board's drive: path on it (with ``/``) → bytes; libraries first, code.py last."""

    board: str
    files: dict[str, bytes]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(map(len, self.files.values()))

    def hashes(self) -> dict[str, str]:
        """Path → SHA-256 in hex."""
        return {path: hashlib.sha256(data).hexdigest() for path, data in self.files.items()}


def build(board: Board, source: DeviceSource, compile_module: Compiler | None = None) -> Image:
    """The image for ``board``; modules are compiled where ``compile_module`` is given.

    Raises ``BoardFault`` where the board can't be a token, ``LibraryMissing`` where a library isn't
    installed, ``CompilerError`` where compiling fails.
    """
    words = refusal(board)
    if words:
        raise BoardFault(words)
    if not board.deployable:
        raise BoardFault(f"{board.name} has no drive. Start it with: sparekey token virtual")
    needed, _ = closure(board.libraries, installed_modules(), board.built_in)
    files = {drive_path(name, file): file.read_bytes() for name, file in sorted(needed.items())}
    files |= {f"sparekey_token/{name}": data for name, data in _package(source.package).items()}
    files["pins.py"] = (board.folder / "pins.py").read_bytes()
    for name in _AS_SOURCE:
        files[name] = (source.firmware / name).read_bytes()
    if compile_module is not None:
        files = dict(_compiled(path, data, compile_module) for path, data in files.items())
    return Image(board.key, files)


def _package(folder: Path) -> dict[str, bytes]:
    modules = sorted(folder.rglob("*.py"), key=lambda path: (-len(path.parts), path))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in modules}


def _compiled(path: str, data: bytes, compile_module: Compiler) -> tuple[str, bytes]:
    if path in _AS_SOURCE:
        return path, data
    return path.removesuffix(".py") + ".mpy", compile_module(data, path)
