"""What can go wrong on the way onto a drive; each carries a sentence that says what to do.

DeployError
├── BoardFault       a board's folder is incomplete, or the board lacks a part that a token needs
├── LibraryMissing   an Adafruit library isn't installed here, or in another version than tried
├── DriveError       no drive, several, another board's, too old a CircuitPython, no room, read-only
│   └── NoDrive      nothing is plugged in (exit code 3)
├── CompilerError    an mpy-cross that is missing, of another version, or that fails
└── NoGreeting       the token didn't answer after it was written (exit code 3)
"""

from typing import ClassVar


class DeployError(Exception):
    """Deploying can't go on.

    The text is for a person, ``name`` and ``exit_status`` for a script.
    """

    name: ClassVar[str] = "deploy_failed"
    exit_status: ClassVar[int] = 1


class BoardFault(DeployError):
    """A board's folder is incomplete, or the board can't be a token."""

    name = "board_fault"


class LibraryMissing(DeployError):
    """A library for the device isn't installed here as it was tried."""

    name = "library_missing"


class DriveError(DeployError):
    """The drive can't be written as it is."""

    name = "drive_error"


class NoDrive(DriveError):
    """No CIRCUITPY drive is plugged in."""

    name = "no_drive"
    exit_status = 3


class CompilerError(DeployError):
    """``mpy-cross`` can't be used."""

    name = "compiler_error"


class NoGreeting(DeployError):
    """The token doesn't say hello."""

    name = "no_greeting"
    exit_status = 3
