"""Compiling for the device with the user's own ``mpy-cross``: the one of its CircuitPython version."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from .errors import CompilerError
from .image import Compiler

_VERSION = re.compile(r"CircuitPython\D*(\d+)\.(\d+)")
_SECONDS = 30


def compiler(mpy_cross: Path, wanted: tuple[int, int]) -> Compiler:
    """A compiler that calls ``mpy_cross``, which must be of CircuitPython version ``wanted``.

    The byte code's format changes with the major version; MicroPython's own compiler makes what
    CircuitPython refuses. Raises ``CompilerError`` in words, and so does calling what is returned.
    """
    said = _run(mpy_cross, "--version")
    version = _VERSION.search(said)
    if version is None:
        raise CompilerError(
            f"{mpy_cross} is not CircuitPython's mpy-cross (it says {said.strip()!r}). Take the one of "
            f"CircuitPython {wanted[0]}.{wanted[1]} from its download page."
        )
    if int(version[1]) != wanted[0]:
        raise CompilerError(
            f"{mpy_cross} is for CircuitPython {version[1]}.{version[2]}; the token runs "
            f"{wanted[0]}.{wanted[1]}. Take the mpy-cross of that version."
        )
    return lambda source, path: _compile(mpy_cross, source, path)


def _compile(mpy_cross: Path, source: bytes, path: str) -> bytes:
    with TemporaryDirectory() as folder:
        before, after = Path(folder, "module.py"), Path(folder, "module.mpy")
        before.write_bytes(source)
        # -s: tracebacks on the device name the module as it is called there
        _run(mpy_cross, "-s", path, "-o", str(after), str(before))
        if not after.is_file() or after.read_bytes()[:1] != b"C":
            raise CompilerError(f"{mpy_cross} made no CircuitPython byte code of {path}.")
        return after.read_bytes()


def _run(mpy_cross: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            # a bare name would be looked for in PATH
            [str(mpy_cross.absolute()), *arguments],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it doesn't end"
        raise CompilerError(
            f"{mpy_cross} can't be run ({why}). Is it for this computer, and may it be executed (chmod +x)?"
        ) from fault
    if done.returncode:
        raise CompilerError(f"{mpy_cross} fails: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout + done.stderr
