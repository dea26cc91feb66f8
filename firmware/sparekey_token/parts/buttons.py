"""Three buttons on ``keypad``, which scans and debounces them in the background."""

import keypad

_NAMES = ("ok", "next", "back")


class Buttons:
    """The buttons ok, next and back."""

    def __init__(self, pins: "tuple[object, ...]", pressed: bool) -> None:
        """``pins`` in the order ok, next, back; ``pressed`` is a pin's level while it is pressed."""
        self._keys = keypad.Keys(pins, value_when_pressed=pressed, pull=True)  # type: ignore[arg-type]

    def deinit(self) -> None:
        """Lets the pins go."""
        self._keys.deinit()

    def poll(self) -> "str | None":
        """The oldest press not yet asked for."""
        while True:
            event = self._keys.events.get()
            if event is None:
                return None
            if event.pressed:
                return _NAMES[event.key_number]
