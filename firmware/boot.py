"""USB as the token wants it, before anything else runs: a serial port for data, no drive, no REPL."""

import storage
import usb_cdc

# first of all: whatever happens below, the drive and the REPL are hidden
storage.disable_usb_drive()
usb_cdc.enable(console=False, data=True)
