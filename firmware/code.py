"""Runs the token, and restarts the board should it end.

CircuitPython ends the watchdog of an RP2 or ESP32 with the program (``reset_port``): nobody else would.
"""

try:
    from sparekey_token import app

    app.main()
except Exception:
    import time

    import microcontroller
    import usb_cdc

    if usb_cdc.console is not None:
        raise  # whoever has opened the REPL reads there what it was
    time.sleep(1)  # so that a fault that comes back at once doesn't spin
    microcontroller.reset()
