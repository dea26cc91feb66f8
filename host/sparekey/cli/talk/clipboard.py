"""Puts a text on the clipboard and takes it off again; the text is never in a process list."""

import base64
import shutil
import subprocess
import sys

_PROGRAMS = (
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("pbcopy",),
    ("clip.exe",),
)


def copy(text: str) -> bool:
    """Copies ``text`` by the platform's program, else through the terminal; whether that could be tried."""
    for program in _PROGRAMS:
        if shutil.which(program[0]) is None:
            continue
        try:
            done = subprocess.run(
                program,
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=5,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return _through_terminal(text)


def _through_terminal(text: str) -> bool:
    """OSC 52, which many terminals take, over SSH too (xterm, "Manipulate Selection Data")."""
    if not sys.stderr.isatty():
        return False
    sys.stderr.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
    sys.stderr.flush()
    return True
