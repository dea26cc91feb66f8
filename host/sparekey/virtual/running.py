"""The board that this process is: set once by ``firmware.py``, read by the modules in ``circuitpython/``."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from .soldered import Soldered

HARD_FAULT = "hard_fault"
"""The reset reason of a board in safe mode."""

LOOPS, LOOKS = b"L", b"O"
"""What the firmware's process tells the parent: it reads its serial line; the OLED changed."""


@dataclass
class Board:
    """The board, its cable, and how it came to run."""

    soldered: Soldered
    cable: int
    """File descriptor of the serial cable (a pty's master), not blocking."""
    telling: int
    """File descriptor of the pipe to the parent, not blocking."""
    state: Path
    """The folder of the state files."""
    reset_reason: str
    """``power_on``, ``software``, ``watchdog``, or ``hard_fault`` for safe mode after a crash."""
    booted: bool = False
    """Whether boot.py is over: USB can't be changed any more."""

    def tell(self, what: bytes) -> None:
        """Tells the parent, who looks for itself later if the pipe is full."""
        with contextlib.suppress(BlockingIOError):
            os.write(self.telling, what)

    def reset(self, code: int) -> Never:
        """The process ends at once, as a chip's reset would end it."""
        os._exit(code)


_board: list[Board] = []


def begin(board: Board) -> None:
    """From now on this process is ``board``."""
    _board.append(board)


def board() -> Board:
    """The board that this process is."""
    return _board[0]
