"""Runs the benchmarks one after the other, shows their tables and keeps them in ``bench/results/``.

``make bench`` runs them all; ``make bench ARGS="otp --quick"`` some, briefly.
"""

import argparse
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_NOT_BENCHMARKS = {"__init__", "pairs", "run"}


def main() -> int:
    """0 where every benchmark ran to its end."""
    names = sorted(path.stem for path in _HERE.glob("*.py") if path.stem not in _NOT_BENCHMARKS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a figure to quote")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(names)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    results = _HERE / "results"
    results.mkdir(exist_ok=True)
    failed = []
    for name in chosen.names or names:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}", *(["--quick"] if chosen.quick else [])]
        lines = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_HERE.parent) as running:
            assert running.stdout is not None
            for line in running.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        if running.returncode:
            failed.append(name)
        else:
            (results / f"{name}.txt").write_text("".join(lines))
    if failed:
        print(f"did not end well: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
