"""Pins of the QT Py ESP32-S3 with an OLED, a DS3231 and an EEPROM on STEMMA QT cables.

Adafruit's 128×64 OLED answers at 0x3D as it comes, its EEPROM at 0x50. A press connects a button's
pin to ground.
"""

import board
import busio

BOARD = "qtpy_esp32s3"

SDA = board.SDA1
SCL = board.SCL1

OLED = "ssd1306"
OLED_ADDRESS = 0x3D

RTC = "ds3231"
EEPROM_ADDRESS = 0x50

OK = board.A0
NEXT = board.A1
BACK = board.A2
BUTTON_PRESSED = False


def I2C() -> busio.I2C:  # noqa: N802 - as the board module calls its own
    """The bus on the STEMMA QT socket, with OLED, clock and EEPROM on it; to be called once."""
    return busio.I2C(SCL, SDA, frequency=400_000)
