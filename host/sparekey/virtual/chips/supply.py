"""Power for memory chips: every change counted, and a cut in the middle of any one of them.

What a cut leaves is the hard case of each chip: any subset of the bits that were to change, the others
as they were.
"""

import random


class PowerCut(BaseException):
    """The power is gone: nothing that ran on it goes on (so no ``except Exception`` may catch this)."""


class Supply:
    """The power that one or more chips share.

    ``operations`` counts the indivisible changes so far (one granule programmed, one sector erased, one
    page's write cycle). ``cut_at`` is the number of the change to be cut in the middle, or None.
    """

    def __init__(self, cut_at: int | None = None, bits: random.Random | None = None) -> None:
        """``bits`` chooses the subset of bits that a cut leaves changed; without it none are."""
        self.operations = 0
        self.cut_at = cut_at
        self.off = False
        self._bits = bits

    def arm(self, changes: int, seed: int) -> None:
        """Cuts the change after so many more; ``seed`` chooses the bits."""
        self.cut_at = self.operations + changes
        self._bits = random.Random(seed)  # noqa: S311 - bits of a flash cell, no secret

    def change(self, cells: memoryview, start: int, data: bytes) -> None:
        """One indivisible change of ``cells`` from ``start`` on; raises ``PowerCut``."""
        if self.off:
            raise PowerCut
        if self.operations == self.cut_at:
            self.off = True
            if self._bits is not None:
                _some_bits(cells, start, data, self._bits)
            raise PowerCut
        cells[start : start + len(data)] = data
        self.operations += 1


def _some_bits(cells: memoryview, start: int, data: bytes, bits: random.Random) -> None:
    """Leaves some of the change: bits at random, or whole bytes up to or from some place."""
    old = int.from_bytes(cells[start : start + len(data)], "big")
    new = int.from_bytes(data, "big")
    width = 8 * len(data)
    manner = bits.randrange(6)
    mask = bits.getrandbits(width)
    if manner == 0:  # nearly all
        mask |= bits.getrandbits(width) | bits.getrandbits(width) | bits.getrandbits(width)
    elif manner == 1:  # nearly none
        mask &= bits.getrandbits(width) & bits.getrandbits(width) & bits.getrandbits(width)
    elif manner in (2, 3):  # the first part or the last
        mask = (1 << bits.randrange(width + 1)) - 1
        if manner == 3:
            mask ^= (1 << width) - 1
    cells[start : start + len(data)] = (old ^ ((old ^ new) & mask)).to_bytes(len(data), "big")
