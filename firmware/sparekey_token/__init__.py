"""The firmware of the Sparekey token; its ``core`` is the protocol for host and device alike."""

__version__ = "0.1.0"

RELEASED = 1_795_478_400  # 2026-11-24
"""The day of this version, its midnight in Unix seconds: no clock that is right shows a time before it."""
