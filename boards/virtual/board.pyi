"""The virtual board's pins, for the type check: circuitpython-stubs doesn't know this board."""

import busio
import microcontroller

board_id: str

D0: microcontroller.Pin
D1: microcontroller.Pin
D2: microcontroller.Pin
D3: microcontroller.Pin
D4: microcontroller.Pin
D5: microcontroller.Pin
D6: microcontroller.Pin
D7: microcontroller.Pin
D8: microcontroller.Pin
D9: microcontroller.Pin
D10: microcontroller.Pin
D11: microcontroller.Pin
D12: microcontroller.Pin
D13: microcontroller.Pin
D14: microcontroller.Pin
D15: microcontroller.Pin
D16: microcontroller.Pin
D17: microcontroller.Pin
D18: microcontroller.Pin
D19: microcontroller.Pin
D20: microcontroller.Pin
D21: microcontroller.Pin
D22: microcontroller.Pin
D23: microcontroller.Pin
D24: microcontroller.Pin
D25: microcontroller.Pin
D26: microcontroller.Pin
D27: microcontroller.Pin
D28: microcontroller.Pin
D29: microcontroller.Pin
D30: microcontroller.Pin
D31: microcontroller.Pin
SDA: microcontroller.Pin
SCL: microcontroller.Pin

def I2C() -> busio.I2C: ...  # noqa: N802
