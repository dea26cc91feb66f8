"""Lines typed at the terminal while something else goes on."""

import os
import sys
import threading
from collections.abc import Callable


class Keyboard:
    """Hands every line typed to ``heard``, from a thread of its own, until it is closed."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listens no longer; what was typed and not ended is left to the shell."""
        self._closed.set()
        self._thread.join(1)

    def _listen(self) -> None:
        # not sys.stdin.readline(): a thread that waits in it keeps its lock beyond the program's end
        pending = b""
        while not self._closed.is_set():
            piece = _typed(0.2)
            if piece is None:
                continue
            if not piece:
                return
            pending += piece.replace(b"\r", b"\n")
            while b"\n" in pending:
                line, _, pending = pending.partition(b"\n")
                self._heard(line.decode("utf-8", "replace").strip())


def _typed(seconds: float) -> bytes | None:
    """What was typed within ``seconds``; None where it was nothing, empty at the end of input."""
    if sys.platform == "win32":
        import msvcrt
        import time

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if msvcrt.kbhit():
                return msvcrt.getwche().encode()
            time.sleep(0.02)
        return None
    import select

    descriptor = sys.stdin.fileno()
    if not select.select([descriptor], [], [], seconds)[0]:
        return None
    return os.read(descriptor, 1024)
