"""The finger's firmware on a virtual board, its wires joined to a virtual token's."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

import httpx

from sparekey.virtual import pins
from sparekey.virtual.mapped import mapped

FIRMWARE = Path(__file__).with_name("finger")
_BUTTONS = (13, 14, 15)  # OK, NEXT, BACK of finger/pins.py
_POWER = 16
_SECONDS = 0.004
_LOOKS = 2  # the one under way doesn't count

_PROGRAM = """
import asyncio, sys
from pathlib import Path
from sparekey.virtual.board import Board
from sparekey.virtual.firmware_files import FirmwareFiles
from sparekey.virtual.interpreter import CPython
from sparekey.virtual.serving import listening, serve

firmware, state, port = map(Path, sys.argv[1:])
board = Board(state, port, CPython(FirmwareFiles.of(firmware, firmware), state))
with listening("127.0.0.1", 0) as socket:
    asyncio.run(serve(board, None, socket, lambda line: print(line, flush=True)))
"""


class VirtualFinger:
    """A finger at ``port``, wired to the virtual token at a control address."""

    def __init__(self, folder: Path, token_state: Path, token_control: str) -> None:
        """Starts the finger's board and joins the wires."""
        state = folder / "finger"
        state.mkdir()
        (state / "tap").symlink_to(token_state / "traffic")
        self.port = folder / "finger.port"
        self._control = token_control
        self._board = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(FIRMWARE), str(state), str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._board.stdout is not None
        if not any(line.strip() == "ready" for line in self._board.stdout):
            raise AssertionError("the finger's firmware did not start")
        self._finger = pins.Wiring(mapped(state / "pins", pins.CELLS))
        self._token = pins.Wiring(mapped(token_state / "pins", pins.CELLS))
        self._over = threading.Event()
        self._wires = threading.Thread(target=self._join)
        self._wires.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._wires.join()
        self._board.terminate()
        self._board.wait()
        assert self._board.stdout is not None
        self._board.stdout.close()

    def _join(self) -> None:
        """What copper does: the token's button pins have the finger's levels, its power the switch's."""
        powered = True
        levels: dict[int, int] = {}
        looked: dict[int, int] = {}
        with httpx.Client(base_url=self._control, trust_env=False, timeout=20) as token:
            while not self._over.wait(_SECONDS):
                for here, there in zip(_BUTTONS, self._token.buttons, strict=True):
                    level, looks = self._finger.level_outside(here), self._token.reads_of(there)
                    # copper misses no press; a thread that is late may, so each level stays until it is seen
                    if level != levels.get(there) and (not powered or looks >= looked.get(there, 0)):
                        self._token.drive(there, level)
                        levels[there], looked[there] = level, looks + _LOOKS
                on = self._finger.level_outside(_POWER) == pins.HIGH
                if on != powered:
                    powered = on
                    token.post(f"/power/{'on' if on else 'off'}").raise_for_status()
