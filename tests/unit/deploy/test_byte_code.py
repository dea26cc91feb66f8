"""The user's own mpy-cross: only CircuitPython's, only of the board's version."""

from pathlib import Path

import pytest

from sparekey.deploy.byte_code import compiler
from sparekey.deploy.errors import CompilerError

_SCRIPT = """#!/bin/sh
if [ "$1" = --version ]; then echo "{version}"; exit 0; fi
{compile}
"""
_COMPILE = 'printf "C\\\\006%s" "$2" > "$4"'


def _mpy_cross(folder: Path, version: str, compile_line: str = _COMPILE) -> Path:
    path = folder / "mpy-cross"
    path.write_text(_SCRIPT.format(version=version, compile=compile_line))
    path.chmod(0o755)
    return path


def test_compiles_under_the_name_the_module_has_on_the_device(tmp_path: Path) -> None:
    mpy_cross = _mpy_cross(tmp_path, "CircuitPython 10.0.3 on 2025-10-17; mpy-cross emitting mpy v6.3")
    made = compiler(mpy_cross, (10, 2))(b"x = 1\n", "sparekey_token/app.py")
    assert made == b"C\x06sparekey_token/app.py"


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("MicroPython v1.29.0 on 2026-08-01; mpy-cross emitting mpy v6.3", "not CircuitPython's"),
        ("CircuitPython 9.2.8 on 2025-01-01; mpy-cross emitting mpy v6.3", r"for CircuitPython 9\.2"),
    ],
)
def test_another_compiler_is_refused(tmp_path: Path, version: str, words: str) -> None:
    with pytest.raises(CompilerError, match=words):
        compiler(_mpy_cross(tmp_path, version), (10, 2))


def test_a_compiler_in_this_folder_needs_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _mpy_cross(tmp_path, "CircuitPython 10.0.3")
    monkeypatch.chdir(tmp_path)
    assert compiler(Path("mpy-cross"), (10, 0))(b"x = 1\n", "pins.py") == b"C\x06pins.py"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("echo 'line 3: SyntaxError' >&2; exit 1", "SyntaxError"),
        ("exit 0", "no CircuitPython byte code"),
        ('printf "M" > "$4"', "no CircuitPython byte code"),
    ],
)
def test_a_compiler_that_fails_is_told(tmp_path: Path, line: str, words: str) -> None:
    mpy_cross = _mpy_cross(tmp_path, "CircuitPython 10.0.3", line)
    with pytest.raises(CompilerError, match=words):
        compiler(mpy_cross, (10, 0))(b"x = 1\n", "pins.py")


def test_what_is_no_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    with pytest.raises(CompilerError, match=r"can't be run .*chmod"):
        compiler(tmp_path / "text", (10, 0))
