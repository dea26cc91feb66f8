"""Type-checks the host, the firmware, and the firmware again with each board's own pins.

Every board's ``pins.py`` is checked against that board's real pin names, as ``circuitpython-stubs``
has them (``circuitpython_setboard NAME``), where the folder's ``board_stubs`` file names one.
"""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def _mypy(*arguments: str) -> int:
    done = subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=_ROOT, check=False)
    return done.returncode


def main() -> int:
    """The number of checks that failed, 0 where all is well."""
    return sum(status != 0 for status in (_mypy("-p", "sparekey", "-p", "sparekey_token"),))


if __name__ == "__main__":
    sys.exit(main())
