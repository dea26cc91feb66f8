"""The boards Sparekey runs on: one folder each, with ``board.toml``, ``pins.py`` and a README.

A board is added by adding a folder (docs/port.md); nothing here names one.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .errors import BoardFault
from .pin_names import Pin, Value, read_pins

BUTTONS = ("OK", "NEXT", "BACK")
"""The names in ``pins.py`` of the three buttons."""

CLOCKS = ("ds3231", "pcf8523")
"""The clock chips that the firmware has a driver for: ``RTC`` in ``pins.py``."""

NVM_ERASE = ("sector", "always", "none")
"""What a write to ``microcontroller.nvm`` does first: erases the sector where a byte to change is not
0xFF (RP2), erases at every change (ESP32, nRF), or nothing, because there is no flash (virtual)."""


@dataclass(frozen=True)
class Part:
    """A line of a board's parts list. ``wires``: the part's pin → a name of pins.py or a power pad."""

    name: str
    purpose: str
    euros: float
    wires: dict[str, str]
    joined: str
    """How it is joined to the board: ``wires``, ``stacked`` (a FeatherWing), ``cable`` (STEMMA QT) or
    ``none``."""


@dataclass(frozen=True)
class Board:
    """One board: its ``board.toml`` and what its ``pins.py`` says."""

    folder: Path
    name: str
    chip: str
    circuitpython: str
    """CircuitPython's id of the board: in boot_out.txt and in the address of its download page."""
    stubs: str
    """What ``circuitpython_setboard`` calls it; empty where it has no such board."""
    flash_bytes: int
    nvm_bytes: int
    nvm_erase: str
    built_in: tuple[str, ...]
    """Adafruit modules that this board's CircuitPython has inside."""
    libraries: tuple[str, ...]
    """The Adafruit modules that the firmware imports on this board."""
    pads: dict[str, str]
    """What is printed or counted beside a pin: name in ``board`` → words such as ``pin 6``."""
    parts: tuple[Part, ...]
    pins: dict[str, Value]

    @property
    def key(self) -> str:
        """The name to type: ``--board KEY``."""
        return self.folder.name

    @property
    def deployable(self) -> bool:
        """Whether there is a drive to deploy to (the virtual board has none)."""
        return bool(self.circuitpython)


def load_boards(folder: Path) -> dict[str, Board]:
    """Every board in ``folder`` by the name of its own folder; ``BoardFault`` where one is broken."""
    return {name: load_board(folder / name) for name in board_names(folder)}


def board_names(folder: Path) -> list[str]:
    """The folders in ``folder`` that are a board's, without reading them."""
    return sorted(path.parent.name for path in folder.glob("*/board.toml"))


def load_board(folder: Path) -> Board:
    """The board in ``folder``.

    Raises ``BoardFault`` where a file or a field is missing or wrong, naming it.
    """
    path = folder / "board.toml"
    try:
        fields = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise BoardFault(f"{path} can't be read: {fault.strerror}.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BoardFault(f"{path} is not TOML: {fault}.") from fault
    try:
        board = Board(
            folder=folder,
            name=_text(fields, "name"),
            chip=_text(fields, "chip"),
            circuitpython=_text(fields, "circuitpython"),
            stubs=_text(fields, "stubs"),
            flash_bytes=_whole(fields, "flash_bytes"),
            nvm_bytes=_whole(fields, "nvm_bytes"),
            nvm_erase=_text(fields, "nvm_erase"),
            built_in=_texts(fields, "built_in"),
            libraries=_texts(fields, "libraries"),
            pads={str(name): str(words) for name, words in fields.get("pads", {}).items()},
            parts=tuple(_part(part) for part in fields.get("parts", [])),
            pins=read_pins(folder / "pins.py"),
        )
    except ValueError as fault:
        raise BoardFault(f"{path}: {fault}.") from fault
    if board.nvm_erase not in NVM_ERASE:
        raise BoardFault(f"{path}: nvm_erase is one of {', '.join(NVM_ERASE)}.")
    return board


def refusal(board: Board) -> str | None:
    """Why ``board`` can't be a token, in words for a person, or None where it can."""
    pins = board.pins
    if not pins.get("RTC"):
        return (
            f"{board.name} has no clock chip (RTC is missing in its pins.py). A one-time password is "
            "bound to the present two minutes, so a token needs one: wire a DS3231 to the I²C bus."
        )
    if pins["RTC"] not in CLOCKS:
        return (
            f"{board.name} names the clock chip {pins['RTC']!r}, which the firmware can't read. "
            f"It knows: {', '.join(CLOCKS)}."
        )
    if pins.get("OLED_ADDRESS") is None:
        return (
            f"{board.name} has no OLED (OLED_ADDRESS is missing in its pins.py). A person must see who asks "
            "before pressing, so a token needs one: wire a 128×64 OLED to the I²C bus."
        )
    missing = [button for button in BUTTONS if not isinstance(pins.get(button), Pin)]
    if missing:
        return f"{board.name} lacks buttons in its pins.py: {', '.join(missing)}. A token needs three."
    return None


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing or not a text")
    return value


def _whole(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} is missing or not a number of bytes")
    return value


def _texts(fields: dict[str, object], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} is missing or not a list of texts")
    return tuple(value)


def _part(fields: dict[str, object]) -> Part:
    euros = fields.get("euros")
    if not isinstance(euros, int | float):
        raise ValueError("a part's euros are missing or not a number")
    wires = fields.get("wires", {})
    if not isinstance(wires, dict):
        raise ValueError("a part's wires are not a table")
    return Part(
        name=_text(fields, "name"),
        purpose=_text(fields, "purpose"),
        euros=float(euros),
        wires={str(pin): str(where) for pin, where in wires.items()},
        joined=_text(fields, "joined"),
    )
