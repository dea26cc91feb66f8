"""Runs the campaigns in ``tests/fuzz/`` one after the other; each is bounded and prints its seed.

``make fuzz`` runs them all; ``make fuzz ARGS="lines --seconds 60"`` one, shorter.
"""

import argparse
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent


def main() -> int:
    """0 where every campaign found nothing."""
    names = sorted(path.stem for path in _HERE.glob("*.py") if path.stem not in {"__init__", "run"})
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)} (default: all)")
    parser.add_argument("--seconds", type=int, default=600, help="bound of each campaign (default: 600)")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(names)
    if unknown:
        parser.error(f"no campaign is called {', '.join(sorted(unknown))}")
    found = []
    for name in chosen.names or names:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.fuzz.{name}", "--seconds", str(chosen.seconds)]
        if subprocess.run(command, cwd=_HERE.parents[1], check=False).returncode:
            found.append(name)
    if found:
        print(f"found something: {', '.join(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
