"""Type-checks the host, the firmware, and the firmware again with each board's own pins.

Every board's ``pins.py`` and the firmware that imports it are checked against that board's real pin
names, as ``circuitpython-stubs`` has them (``stubs`` in board.toml), or as the folder's own board.pyi
has them for a board that is not there. ``circuitpython_setboard`` would change the installed stubs for
everybody; here a copy of the board's definition comes first on the path instead, and every board has a
cache of its own.
"""

import os
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_CACHE = _ROOT / ".mypy_cache"


def _mypy(name: str, *arguments: str, path: tuple[Path, ...] = ()) -> tuple[str, int, str]:
    environment = dict(os.environ, MYPYPATH=os.pathsep.join(map(str, path)))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments],
        cwd=_ROOT,
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )
    return name, done.returncode, done.stdout + done.stderr


def definition(stubs: str) -> Path:
    """The installed definition of the board that circuitpython-stubs calls ``stubs``.

    Raises ``SystemExit`` in words where there is none.
    """
    spec = find_spec("board_definitions")
    for folder in spec.submodule_search_locations or () if spec else ():
        file = Path(folder) / stubs / "__init__.pyi"
        if file.is_file():
            return file
    raise SystemExit(f"circuitpython-stubs has no board {stubs!r}; circuitpython_setboard --list shows them")


def check_board(folder: Path, *, firmware: Path = _ROOT / "firmware") -> tuple[str, int, str]:
    """``(name, status, output)`` of mypy over ``firmware`` with ``folder``'s pins; 0 is well."""
    stubs = tomllib.loads((folder / "board.toml").read_text("utf-8"))["stubs"]
    cache = _CACHE / "boards" / folder.name
    path = [folder]
    if stubs:
        board = cache / "stubs" / "board"
        board.mkdir(parents=True, exist_ok=True)
        copy, text = board / "__init__.pyi", definition(stubs).read_text("utf-8")
        if not copy.is_file() or copy.read_text("utf-8") != text:
            copy.write_text(text, "utf-8")
        path.append(board.parent)
    started = [folder / "pins.py", firmware / "boot.py", firmware / "safemode.py"]
    sources = [*started, *sorted((firmware / "sparekey_token").rglob("*.py"))]
    files = [str(file) for file in sources]
    return _mypy(folder.name, "--cache-dir", str(cache), *files, path=tuple(path))


def main() -> int:
    """The number of checks that failed, 0 where all is well."""
    boards = sorted(file.parent for file in _ROOT.glob("boards/*/board.toml"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # the one for host and firmware is the longest: it goes first
        host = pool.submit(_mypy, "host and firmware", "-p", "sparekey", "-p", "sparekey_token")
        checks = [host, *(pool.submit(check_board, board) for board in boards)]
        results = [check.result() for check in checks]
    told: set[str] = set()
    for name, _, output in results:
        lines = output.strip().splitlines()
        new = [line for line in lines[:-1] if line not in told]  # what fails everywhere is told once
        told.update(new)
        print("\n".join([*new, f"{name}: {lines[-1]}"]))
    return sum(status != 0 for _, status, _ in results)


if __name__ == "__main__":
    sys.exit(main())
