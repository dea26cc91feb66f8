"""Pins of the Feather nRF52840 Express with the 128×64 OLED FeatherWing and the DS3231 FeatherWing.

The wing's buttons A, B and C connect D9, D6 and D5 to ground. Its OLED is an SH1107, not an SSD1306.
Adafruit's EEPROM, on a cable from a STEMMA QT socket, answers at 0x50.
"""

import board
import busio

BOARD = "feather_nrf52840"

SDA = board.SDA
SCL = board.SCL

OLED = "sh1107"
OLED_ADDRESS = 0x3C

RTC = "ds3231"
EEPROM_ADDRESS = 0x50

OK = board.D9
NEXT = board.D6
BACK = board.D5
BUTTON_PRESSED = False


def I2C() -> busio.I2C:  # noqa: N802 - as the board module calls its own
    """The bus that OLED, clock and EEPROM are on; to be called once."""
    return busio.I2C(SCL, SDA, frequency=400_000)
