"""What to say when the token waits for its person: once for each thing, though it tells at every press."""

from .words import say


class Waits:
    """Told what the token waits for; says it when that is another thing than the last."""

    def __init__(self, *presses: str) -> None:
        """``presses`` is what to say at the first wait for a button, at the second, and so on."""
        self._presses = list(presses) or ["The token asks. Answer with its buttons"]
        self._last = ""

    def __call__(self, what: str, seconds: int) -> None:
        """The token waits for a ``button`` or its ``pin``, for so many seconds."""
        if what == "pin" and self._last == "pin":
            return
        if what == "button" and self._last == "button" and not self._presses:
            return
        self._last = what
        if what == "pin":
            say(f"Type your PIN on the token ({seconds} s).")
        elif self._presses:
            say(f"{self._presses.pop(0)} ({seconds} s).")
