"""The finger's USB: a second serial port, for its protocol."""

import usb_cdc

usb_cdc.enable(console=True, data=True)
