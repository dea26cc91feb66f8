"""Power that can be cut in the middle of a write: at any change of nvm or EEPROM, chosen by the parent."""

import os
import random
import struct
from typing import Never

from .chips.supply import PowerCut, Supply
from .exit_codes import CUT

# changes so far, 1 + the change that the cut strikes (0: none), seed for the bits that it leaves
_LAYOUT = struct.Struct("<qqq")
CELLS = _LAYOUT.size


def arm(cells: memoryview, changes: int | None, seed: int = 0) -> None:
    """Cuts the power in the middle of the change that follows ``changes`` whole ones; None: not at all."""
    so_far, _, _ = _LAYOUT.unpack_from(cells)
    _LAYOUT.pack_into(cells, 0, so_far, 0 if changes is None else so_far + changes + 1, seed)


def changes(cells: memoryview) -> int:
    """Changes of nvm and EEPROM so far."""
    return int(_LAYOUT.unpack_from(cells)[0])


class Mains(Supply):
    """The supply of the firmware's process, told by the parent when to fail."""

    def __init__(self, cells: memoryview) -> None:
        """Goes on in ``cells``, a buffer of ``CELLS`` bytes."""
        super().__init__()
        self._mains = cells
        self.operations = changes(cells)

    def change(self, cells: memoryview, start: int, data: bytes) -> None:
        """One change; where the cut strikes, the process is gone with it."""
        _, cut_at, seed = _LAYOUT.unpack_from(self._mains)
        self.cut_at = cut_at - 1 if cut_at else None
        self._bits = random.Random(seed)  # noqa: S311 - which bits a cut leaves, not a secret
        try:
            super().change(cells, start, data)
        except PowerCut:
            self._fail()
        struct.pack_into("<q", self._mains, 0, self.operations)

    def _fail(self) -> Never:
        struct.pack_into("<q", self._mains, 8, 0)
        os._exit(CUT)
