"""The firmware's process: becomes the board, then runs boot.py and code.py as CircuitPython would.

Started by the parent with what it needs as JSON on its command line; nothing of it is secret.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

from . import running
from .soldered import Cells, Parts, Soldered

_CIRCUITPYTHON = Path(__file__).with_name("circuitpython")


def main() -> None:
    """Runs until the parent cuts the power."""
    told = json.loads(sys.argv[1])
    os.set_blocking(told["telling"], False)
    board = running.Board(
        Soldered(Cells(Path(told["state"]), Parts(**told["parts"])), lambda: board.tell(running.LOOKS)),
        told["cable"],
        told["telling"],
        Path(told["state"]),
        told["reset_reason"],
    )
    running.begin(board)
    sys.path[:0] = [*told["path"], str(_CIRCUITPYTHON)]
    from .circuitpython import blinka

    blinka.fit(board.soldered.bus, board.soldered.wiring)
    _say_where_the_buttons_are(board)
    sys.argv = [""]
    for script in told["scripts"]:
        _run(Path(script))
        board.booted = True


def _say_where_the_buttons_are(board: running.Board) -> None:
    try:
        pins = import_module("pins")
    except ImportError:
        return  # a board without buttons
    board.soldered.wiring.buttons[:] = bytes(pin.id for pin in (pins.OK, pins.NEXT, pins.BACK))


def _run(script: Path) -> None:
    """A program's errors go to the console, as on a board, and end the program, not the board."""
    code = compile(script.read_bytes(), str(script), "exec")
    try:
        exec(code, {"__name__": "__main__", "__file__": str(script)})  # noqa: S102 - that's what it is for
    except Exception:
        traceback.print_exc()


if __name__ == "__main__":
    main()
