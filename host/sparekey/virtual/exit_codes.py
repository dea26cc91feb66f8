"""How the firmware's process ends where the board goes on: with what the parent reads from its exit code."""

SOFTWARE = 42
"""The firmware asked for a reset of the board."""

CUT = 44
"""The power failed in the middle of a write."""
