"""Leaves the safe mode that a crash or a dip of the supply led to: it would show the drive and the REPL.

CircuitPython runs this in place of boot.py and code.py, but not for a person who asks for safe mode with
the board's own button. It imports nothing of the firmware, which may be what crashed.
"""

import time

import microcontroller

time.sleep(1)  # so that a supply may recover, and a fault that comes back at once doesn't spin
microcontroller.reset()
