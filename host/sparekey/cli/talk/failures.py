"""Errors as a command ends with them: what, why, what next; a number for programs; an exit status."""

import contextlib
import functools
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sparekey.bridge.errors import BridgeError

from .words import printable, say

if TYPE_CHECKING:
    from sparekey.bridge.events import UserErrorMessage

INTERRUPTED = 130
TERMINATED = 143
"""Exit statuses after Ctrl-C and SIGTERM, as shells have them."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: what waits on the token is cancelled, as on Ctrl-C."""


def spoken(command: Callable[..., Any]) -> Callable[..., None]:
    """Ends ``command`` with words and a status where it raises a ``BridgeError`` or is interrupted."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        for stream in (sys.stdout, sys.stderr):
            # a name that the terminal's encoding lacks is no reason to fail
            if stream is not None:
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        try:
            with _heeding_sigterm():
                status = command(*arguments, **options)
        except BridgeError as error:
            report(error, as_json=bool(options.get("as_json")))
            status = error.exit_status
        except Terminated:
            status = TERMINATED
        except KeyboardInterrupt:
            say("Interrupted.")
            status = INTERRUPTED
        if status:
            sys.exit(status)

    return run


@contextlib.contextmanager
def _heeding_sigterm() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def report(error: BridgeError, *, as_json: bool) -> None:
    """An error on stdout as JSON, or on stderr in words."""
    if as_json:
        print(json.dumps({"error": as_object(error)}), flush=True)  # noqa: T201
    else:
        tell(error.number, error.name, str(error), error.next_step)


def tell(number: int | None, name: str, message: str, next_step: str) -> None:
    """An error in words, on stderr."""
    name = printable(name)  # another's too: the token's, the server's
    code = f"Error {number} ({name})" if number is not None else f"Error ({name})"
    say(f"{code}: {printable(message)}")
    if next_step:
        say(f"  Next: {printable(next_step)}")


def as_object(error: "BridgeError | UserErrorMessage") -> dict[str, object]:
    """An error for programs."""
    if isinstance(error, BridgeError):
        number, name, message = error.number, error.name, str(error)
    else:
        number, name, message = error.error_code, error.error, error.message
    return {"number": number, "name": name, "message": message, "next_step": error.next_step}
