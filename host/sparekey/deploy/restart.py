"""Restarting the board whose drive was written, through CircuitPython's prompt.

Only a restart runs boot.py anew, which hides drive and prompt. While the drive shows, the prompt does
too, so nobody need unplug anything. The board's port is told from others by its USB serial number,
which CircuitPython makes from the chip's id that boot_out.txt names.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import serial

INTERRUPT = b"\r\x03\x03"  # Ctrl-C ends what runs; the prompt follows
RESET = b"import microcontroller; microcontroller.reset()\r"

_SETTLE = 1.0  # seconds until the prompt is there
_WRITE_LIMIT = 2.0


class Port(Protocol):
    """What is needed of a serial port's description (pyserial's ``ListPortInfo``)."""

    device: str
    serial_number: str | None


def restart(uid: str, ports: Iterable[Port] | None = None) -> bool:
    """Whether the board with the chip id ``uid`` (hex) could be told to restart."""
    import serial

    if ports is None:
        from adafruit_board_toolkit import circuitpython_serial

        ports = circuitpython_serial.repl_comports()
    fitting = [port.device for port in ports if uid and _same(uid, port.serial_number or "")]
    if len(fitting) != 1:
        return False
    try:
        with serial.Serial(fitting[0], 115200, timeout=_SETTLE, write_timeout=_WRITE_LIMIT) as line:
            line.write(INTERRUPT)
            _read_prompt(line)
            line.write(RESET)
            line.flush()
    except (OSError, ValueError):  # gone, or another program's: the person plugs it in anew
        return False
    return True


def _read_prompt(line: "serial.Serial") -> None:
    deadline = time.monotonic() + _SETTLE
    seen = b""
    while b">>> " not in seen and time.monotonic() < deadline:
        seen += line.read(1)


def _same(uid: str, serial_number: str) -> bool:
    # some versions write the two digits of each byte the other way round
    turned = "".join(uid[at + 1 : at + 2] + uid[at] for at in range(0, len(uid), 2))
    return serial_number.upper() in (uid.upper(), turned.upper())
