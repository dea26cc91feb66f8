"""The system's clipboard, by its own programs: a secret is never in a process list."""

import base64
import shutil
import subprocess
import sys

_COPIERS = (
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("pbcopy",),
    ("clip.exe",),
)
# what to run, and whether it gives a picture; a program that isn't there or fails is passed over
_READERS = (
    (("wl-paste", "--no-newline", "--type", "image/png"), True),
    (("wl-paste", "--no-newline", "--type", "text/plain"), False),
    (("xclip", "-selection", "clipboard", "-target", "image/png", "-out"), True),
    (("xclip", "-selection", "clipboard", "-target", "UTF8_STRING", "-out"), False),
    (("xsel", "--clipboard", "--output"), False),
    (("pngpaste", "-"), True),
    (("pbpaste",), False),
)
_LIMIT = 5.0


def programs() -> list[str]:
    """The programs that can copy, the best first."""
    return [copier[0] for copier in _COPIERS]


def copy(text: str) -> bool:
    """Copies ``text`` by the platform's program, else through the terminal; whether that could be tried."""
    for program in _COPIERS:
        if shutil.which(program[0]) is None:
            continue
        try:
            # no pipes for its answers: such programs stay in the background and keep them open
            done = subprocess.run(
                program,
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_LIMIT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return _through_terminal(text)


def take_back(text: str) -> None:
    """Takes ``text`` off the clipboard, unless its person has copied something else in the meantime."""
    held = contents()
    if not held or any(data.decode("utf-8", "replace").strip() == text for data, _ in held):
        copy("")


def contents() -> "list[tuple[bytes, bool]] | None":
    """What is on the clipboard, each with whether it is a picture; None where nothing here can read it."""
    found: list[tuple[bytes, bool]] = []
    readable = False
    for program, is_picture in _READERS:
        if shutil.which(program[0]) is None:
            continue
        readable = True
        try:
            done = subprocess.run(
                program, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LIMIT, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and done.stdout:
            found.append((done.stdout, is_picture))
    return found if readable else None


def _through_terminal(text: str) -> bool:
    """OSC 52, which many terminals take, over SSH too (xterm, "Manipulate Selection Data")."""
    if sys.stderr is None or not sys.stderr.isatty():
        return False
    sys.stderr.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
    sys.stderr.flush()
    return True
