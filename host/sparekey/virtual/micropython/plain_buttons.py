"""Buttons whose levels the parent writes to the file ``pins`` (its layout: ``virtual/pins.py``)."""

import struct

_PIN = 8
_READS = 4
_LOW = 1
_SETTLED = 4  # looks that are counted after the last low one
_NAMES = ("ok", "next", "back")


class Buttons:
    """Three buttons, pressed while their pin is low."""

    def __init__(self, state: str, pins: bytes, asked: int) -> None:
        """``asked`` is where it is counted how often nothing was pressed."""
        self._asked = asked
        self._none = bytearray(1)
        self._file = open(state + "/pins", "r+b")
        self._pins = pins
        self._levels = [0, 0, 0]
        self._counting = [0, 0, 0]
        self._reads = 0
        self._byte = bytearray(1)
        self._count = bytearray(4)

    def poll(self) -> "str | None":
        """A button whose level went low since the last look."""
        pressed = None
        for button in range(3):
            place = self._pins[button] * _PIN
            self._file.seek(place)
            self._file.readinto(self._byte)
            level = self._byte[0]
            if level == _LOW:
                self._counting[button] = _SETTLED
            if self._counting[button]:
                # whoever presses or lets go waits until it was looked at
                self._counting[button] -= 1
                self._reads = (self._reads + 1) % 0x10000000
                struct.pack_into("<I", self._count, 0, self._reads)
                self._file.seek(place + _READS)
                self._file.write(self._count)
            if level == _LOW and self._levels[button] != _LOW and pressed is None:
                pressed = _NAMES[button]
                self._levels[button] = level
            elif level != _LOW:
                self._levels[button] = level
        if pressed is None:
            self._none[0] = (self._none[0] + 1) & 0xFF
            self._file.seek(self._asked)
            self._file.write(self._none)
        return pressed
