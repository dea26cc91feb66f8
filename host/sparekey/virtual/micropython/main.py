"""The firmware's process under MicroPython: ``main.py STATE TELLING PLACES PATH…``.

PLACES in the file ``pins``: the three buttons' pins, and where it is counted that none is pressed.

Standard input and output are the serial cable (a pty's master, not blocking), so errors go to the
other one.
"""

import gc
import sys
import time

for folder in reversed(sys.argv[4:]):
    sys.path.insert(0, folder)

_SAMPLED = 4096
"""Bytes of garbage between two collections: the heap stays whole, and what is in use can be seen."""
_LIVE_MS = 1000


class Heap:
    """Writes its use to the file ``heap``: ``SIZE LARGEST LIVE COUNT``; live is without garbage."""

    def __init__(self, state: str) -> None:
        self._path = state + "/heap"
        self._size = gc.mem_alloc() + gc.mem_free()  # type: ignore[attr-defined]
        self._largest = 0
        self._live = 0
        self._count = 0
        self._written = False
        self._collected = time.ticks_ms()  # type: ignore[attr-defined]

    def look(self) -> None:
        """Called each round."""
        used = gc.mem_alloc()  # type: ignore[attr-defined]
        now = time.ticks_ms()  # type: ignore[attr-defined]
        due = time.ticks_diff(now, self._collected) > _LIVE_MS  # type: ignore[attr-defined]
        if due:
            self._collected = now
            gc.collect()
            self._count += 1
            self._live = gc.mem_alloc()  # type: ignore[attr-defined]
        if due or used > self._largest:
            self._largest = max(self._largest, used)
            # in place, and always as long: whoever reads meanwhile sees numbers
            with open(self._path, "r+" if self._written else "w") as file:
                file.write("%8d %8d %8d %8d" % (self._size, self._largest, self._live, self._count))
            self._written = True


def app(state: str, telling: str, places: str):  # type: ignore[no-untyped-def]
    """The token's app on plain parts."""
    # what is largest comes first: the compiler wants room
    from sparekey_token.vault import Vault  # isort: skip
    from sparekey_token.app import App  # isort: skip
    from plain_buttons import Buttons  # type: ignore[import-not-found]
    from plain_clock import Clock  # type: ignore[import-not-found]
    from plain_link import Link  # type: ignore[import-not-found]
    from plain_nvm import Bytes, Eeprom  # type: ignore[import-not-found]
    from plain_screen import Screen  # type: ignore[import-not-found]

    from sparekey_token.core import digest
    from sparekey_token.parts.nvm import Nvm

    with open(state + "/uid", "rb") as file:
        uid = file.read(8)
    told = open(telling, "wb")
    *pins, asked = [int(place) for place in places.split(",")]
    return App(
        Screen(state, told),
        Buttons(state, bytes(pins), asked),
        Clock(state),
        Link(told),
        Vault(Nvm(Bytes(state + "/nvm", 4096), False), Eeprom(state + "/eeprom"), secret=uid),
        "virtual",
        digest.sha256(b"sparekey/1 token id\x00" + uid)[:8],
        feed=Heap(state).look,
    )


gc.threshold(_SAMPLED)  # type: ignore[attr-defined]
try:
    app(sys.argv[1], sys.argv[2], sys.argv[3]).run()
except Exception as fault:
    sys.print_exception(fault, sys.stderr)  # type: ignore[attr-defined]
    sys.exit(1)
