"""Pins of the Raspberry Pi Pico 2: an SSD1306 OLED, a ZS-042 clock module and three buttons.

The I²C bus runs at 100 kHz: the ZS-042's AT24C32 is promised no more at 3.3 V (its datasheet, AC
characteristics). A press connects a button's pin to ground, never to 3.3 V: the RP2350's
erratum E9 keeps an input with a pull-down at 2 V once it was high, so only pull-ups can be trusted.
"""

import board
import busio

BOARD = "raspberry_pi_pico2"

SDA = board.GP4
SCL = board.GP5

OLED = "ssd1306"
OLED_ADDRESS = 0x3C

RTC = "ds3231"
EEPROM_ADDRESS = 0x57

OK = board.GP15
NEXT = board.GP14
BACK = board.GP13
BUTTON_PRESSED = False


def I2C() -> busio.I2C:  # noqa: N802 - as the board module calls its own
    """The bus that OLED, clock and EEPROM are on; to be called once."""
    return busio.I2C(SCL, SDA, frequency=100_000)
