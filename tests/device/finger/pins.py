"""Where the finger's wires go on a Raspberry Pi Pico."""

import board

OK = board.GP13
NEXT = board.GP14
BACK = board.GP15
POWER = board.GP16
SDA = board.GP4
SCL = board.GP5

OLED_ADDRESS = 0x3C
