"""USB as the token wants it: a serial port for data; drive and REPL hidden.

Who holds the button back while plugging in is asked on the OLED whether to open them, which erases
the accounts. CircuitPython has no way to switch off the touch at 1200 baud, by which a host gets many
boards into their bootloader; that shows no file and no key (docs/threat-model.md).
"""

import storage
import supervisor
import usb_cdc

# first of all, whatever happens below
storage.disable_usb_drive()
usb_cdc.enable(console=False, data=True)
try:
    # the files and the REPL over Bluetooth, to whoever held the board's button at its start or paired before
    supervisor.runtime.ble_workflow = False
except (AttributeError, NotImplementedError):
    pass  # no Bluetooth here

from sparekey_token import maintenance  # noqa: E402

if maintenance.held() and maintenance.agreed():
    storage.enable_usb_drive()
    usb_cdc.enable(console=True, data=True)
