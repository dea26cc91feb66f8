"""Accounts that survive a power cut, in a log that only appends.

What is assumed of each medium, and nothing else:

- **Any**: what ``write`` and ``erase`` have returned from stays, through any loss of power. What they
  were doing when the power went may have changed any subset of the bits that were to change, and
  changed no others. A byte read twice is the same twice.
- **nvm of RP2** (4,096 bytes): bytes still 0xFF are written without erasing; changing another
  byte erases the whole sector. ``parts/nvm.py`` refuses the latter.
- **nvm of ESP32 and nRF** (8,192 bytes): each change erases everything first (``erases_first``), so that
  a cut may lose it all; needs a second home.
- **AT24C32 EEPROM** (4,096 bytes): a write of up to one page of 32 bytes is one cycle, which changes no
  byte outside it; during it the chip doesn't answer. Anyone with wires can read and write this chip.
- **A file**: of fixed size, written in place and flushed; the host can't write it.
"""

from .vault import Vault  # isort: skip - the longest is compiled while the heap is emptiest
from .accounts import Account

__all__ = ["Account", "Vault"]
