"""What is soldered on, one class a part, nothing but I/O; the app is given them and knows no hardware.

Any object with these methods will do (a test's, the MicroPython runner's):

- **Screen**: ``show(view)`` draws a ``flows.view.View`` whole, and does little where it is equal to the
  last; raises ``OSError`` where there is no display. ``brightness(percent)``.
- **Buttons**: ``poll()`` answers ``"ok"``, ``"next"`` or ``"back"`` for the oldest press not yet asked
  for, debounced, or None.
- **Clock**: ``read()`` answers Unix seconds; raises ``ClockLost``, or ``OSError`` for a fault of the bus.
  ``set(unix)`` also clears the chip's mark that its time was lost.
- **Link**: ``connected`` tells whether a host has the port open. ``read()`` answers what came, ``b""``
  if nothing. ``write(data)`` answers how many bytes were taken, perhaps 0. Neither ever waits.
- **Memory**: ``size`` in bytes; ``read(start, length)``; ``write(start, data)`` into erased bytes
  (0xFF); ``erase()`` makes all of it 0xFF. May raise ``OSError``.
"""


class ClockLost(Exception):
    """The clock chip runs, but its time is nobody's: power was lost, or it can't be a time."""
