"""Sends lines that no host should send to the firmware, on CPython and under MicroPython, until time is up.

Seeds that found something are kept in ``tests/fuzz/seeds/lines.txt`` and tried first.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.on_device.mutated import campaign

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = Path(__file__).with_name("seeds") / "lines.txt"
_LINES = 5000
HEAP = "512k"
"""Room for the test's own doubles beside the firmware."""


def on_cpython(seed: int, lines: int) -> str:
    """What went wrong, empty where nothing did."""
    try:
        campaign(seed, lines)
    except Exception:
        return traceback.format_exc()
    return ""


def on_micropython(seed: int, lines: int) -> str:
    """As ``on_cpython``; also where the heap isn't back to where it was, or nothing ends in two minutes."""
    micropython = Path(sys.executable).with_name("micropython")
    script = (Path(__file__).parent / "on_device" / "mutated.py").relative_to(_ROOT)
    try:
        done = subprocess.run(
            [str(micropython), "-X", f"heapsize={HEAP}", str(script), str(seed), str(lines)],
            # the heap holds each module's path: relative ones are as long wherever this is
            cwd=_ROOT,
            env={**os.environ, "MICROPYPATH": "firmware:."},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it hangs"
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _try(seed: int, lines: int, on: Callable[[int, int], str]) -> bool:
    wrong = on(seed, lines)
    if wrong:
        print(f"seed {seed}, {lines} lines, {on.__name__}:\n{wrong}", flush=True)
        kept = _KEPT.read_text("utf-8").split() if _KEPT.is_file() else []
        if str(seed) not in kept:
            _KEPT.parent.mkdir(exist_ok=True)
            _KEPT.write_text("\n".join([*kept, str(seed)]) + "\n", "utf-8")
    return not wrong


def main() -> int:
    """0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    end = time.monotonic() + parser.parse_args().seconds
    kept = [int(seed) for seed in _KEPT.read_text("utf-8").split()] if _KEPT.is_file() else []
    well, sent = True, 0
    both = (on_cpython, on_micropython)
    while well and time.monotonic() < end:
        seed = kept.pop(0) if kept else secrets.randbelow(1 << 32)
        for on in both:
            well = _try(seed, _LINES, on) and well
            sent += _LINES
    print(f"{sent:,} lines sent, {'nothing found' if well else 'something found'}")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
