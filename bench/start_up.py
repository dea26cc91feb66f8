"""How fast the command starts: ``sparekey --version`` and ``--help`` beside ``mpremote``'s, in turn."""

import subprocess
import sys
from pathlib import Path

from bench.pairs import HEADER, arguments, in_turn, seconds

_BIN = Path(sys.executable).parent
_ALLOWED = 1.2


def _run(*command: str) -> float:
    """Milliseconds from start to end."""
    whole = [str(_BIN / command[0]), *command[1:]]
    return 1000 * seconds(lambda: subprocess.run(whole, stdout=subprocess.DEVNULL, check=True))


def main() -> None:
    """Prints the table."""
    rounds = 9 if arguments(__doc__).quick else 41
    print(HEADER)
    version = in_turn(lambda: _run("sparekey", "--version"), lambda: _run("mpremote", "--version"), rounds)
    print(version.row("sparekey --version ÷ mpremote --version", "ms"))
    helped = in_turn(lambda: _run("sparekey", "--help"), lambda: _run("mpremote", "--help"), rounds)
    print(helped.row("sparekey --help ÷ mpremote --help", "ms"))
    bare = in_turn(lambda: _run("sparekey", "--version"), lambda: _run("python", "-c", "pass"), rounds)
    print(bare.row("sparekey --version ÷ python -c pass", "ms"))
    print(f"start: {version.ratio:.2f} of mpremote --version (allowed {_ALLOWED})")


if __name__ == "__main__":
    main()
