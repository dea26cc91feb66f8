"""Sparekey on the PC: the bridge, the virtual token, the server emulator and the command line."""

from sparekey_token import __version__ as __version__
