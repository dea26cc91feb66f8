"""A screen without a display: it writes the view to a file for the parent, who draws it."""

import json
import os


class Screen:
    """Writes ``view`` as JSON ``[name, texts, bar, percent]``."""

    def __init__(self, state: str, telling) -> None:  # type: ignore[no-untyped-def]
        """``telling`` is the pipe to the parent."""
        self._path = state + "/view"
        self._telling = telling
        self._percent = 100
        self._shown = None

    def show(self, view) -> None:  # type: ignore[no-untyped-def]
        """Hands ``view`` over where it isn't the last one."""
        if view == self._shown:
            return
        self._shown = view
        with open(self._path + ".new", "w") as file:
            json.dump([view.name, view.texts, view.bar, self._percent], file)
        os.rename(self._path + ".new", self._path)
        self._telling.write(b"O")

    def brightness(self, percent: int) -> None:
        """From 1 to 100; seen with the next view."""
        self._percent = percent
