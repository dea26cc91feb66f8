"""Pins of the virtual board: chips made of Python on an emulated bus, buttons that a program presses."""

import board
import busio

BOARD = "virtual"

SDA = board.SDA
SCL = board.SCL

OLED = "ssd1306"
OLED_ADDRESS = 0x3C

RTC = "ds3231"
EEPROM_ADDRESS = 0x57

OK = board.D15
NEXT = board.D14
BACK = board.D13
BUTTON_PRESSED = False


def I2C() -> busio.I2C:  # noqa: N802 - as the board module calls its own
    """The bus that OLED, clock and EEPROM are on; to be called once."""
    return busio.I2C(SCL, SDA)
