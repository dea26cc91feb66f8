"""The firmware of the Sparekey token; its ``core`` is the protocol for host and device alike."""

__version__ = "0.1.0"
