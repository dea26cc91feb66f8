"""The real firmware started by the virtual board from a drive whose deployment was cut."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sparekey.bridge.token import Hello, Token
from sparekey.deploy import installing
from sparekey.deploy.board import load_board
from sparekey.deploy.image import Image, build
from sparekey.deploy.source import device_source
from sparekey.virtual.board import Board
from sparekey.virtual.firmware_files import FirmwareFiles
from sparekey.virtual.interpreter import CPython
from sparekey_token import __version__

from .drives import lay_down, plug_in

_OLD = "0.0.1"

_EACH_ALONE = """
import sys
from sparekey.virtual import firmware

run = firmware._run

def alone(script):
    # as on a board, boot.py and code.py share nothing, and nothing comes from the host's own installation
    path = list(sys.path)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("sparekey_token", "pins")]:
        del sys.modules[name]
    run(script)
    sys.path[:] = path

firmware._run = alone
firmware.main()
"""


class Alone(CPython):
    """CPython with each of the two programs started afresh."""

    def command(self, cable: int, telling: int, reset_reason: str) -> list[str]:
        *_, told = super().command(cable, telling, reset_reason)
        return [sys.executable, "-P", "-c", _EACH_ALONE, told]


def _image() -> Image:
    """The virtual board's, as if it had a drive: with its pins, the firmware starts here."""
    source = device_source()
    board = load_board(source.boards / "virtual")
    return build(replace(board, circuitpython="virtual", built_in=("adafruit_bus_device",)), source)


def _older(image: Image) -> Image:
    """The same with another version, and other bytes in every file."""
    files = {path: data + b"\n# older\n" for path, data in image.files.items()}
    path = "sparekey_token/__init__.py"
    files[path] = files[path].replace(f'"{__version__}"'.encode(), f'"{_OLD}"'.encode())
    return Image(image.board, files)


async def _hello(drive: Path, state: Path) -> Hello:
    """What the token says that starts from ``drive``."""
    files = FirmwareFiles((drive, drive / "lib"), (drive / "boot.py", drive / "code.py"))
    state.mkdir()
    port = state / "port"
    board = Board(state, port, Alone(files, state))
    await board.switch_on()
    try:
        # a token that has just been plugged in is given less time to answer than a busy machine may take
        await board.power.firmware_loops()

        def ask() -> Hello:
            with Token.open(str(port)) as token:
                return token.hello()

        return await asyncio.to_thread(ask)
    finally:
        await board.power.switch_off()


@pytest.mark.parametrize("where", ["staged", "boot.py", "code.py", "replacing", "code.py again", "swept"])
def test_starts_old_or_new_wherever_the_cable_was_pulled(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = _image()
    drive = plug_in(tmp_path / "CIRCUITPY")
    lay_down(_older(new), drive)
    prepared = installing.prepare(drive, new)
    steps = prepared.plan.steps
    switches = [at for at, step in enumerate(steps) if step.act == "rename" and step.path == "code.py"]
    assert len(switches) == 2
    first, last = switches
    cut = {
        "staged": first - 4,
        "boot.py": first - 2,
        "code.py": first,
        "replacing": (first + last) // 2,
        "code.py again": last,
        "swept": len(steps) - 1,
    }[where]
    for step in steps[: cut + 1]:
        prepared.files.take(step)
    # the root of the drive is where CircuitPython's programs are
    monkeypatch.chdir(drive)
    hello = asyncio.run(_hello(drive, tmp_path / "state"))
    assert hello.board == "virtual"
    assert hello.firmware == (_OLD if cut < first else __version__)
