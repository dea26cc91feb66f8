"""A heap that has no room for some of the firmware's modules that are loaded when they are needed."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sparekey_token import flows


class _Short:
    """Finds no module of those names: there is no heap for them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = ["sparekey_token." + name for name in names]
        self.asked = False

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raises ``MemoryError`` for one of them."""
        if name in self._names:
            self.asked = True
            raise MemoryError


@contextmanager
def short_of_heap(late: Iterable[str], missing: Iterable[str] = ()) -> Iterator[_Short]:
    """The modules called ``late`` are let go of, and those ``missing`` can't be loaded again."""
    kept = {name: sys.modules.get("sparekey_token." + name) for name in late}
    flows.forget(" ".join(kept))
    short = _Short(missing)
    sys.meta_path.insert(0, short)
    try:
        yield short
    finally:
        sys.meta_path.remove(short)
        for name, module in kept.items():
            if module is not None:
                sys.modules["sparekey_token." + name] = module
                room, last = name.split(".")
                setattr(sys.modules["sparekey_token." + room], last, module)
