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
"""The exit status after Ctrl-C, as shells have it."""


class Terminated(KeyboardInterrupt):
    """SIGTERM, or SIGHUP of a terminal that is closed: what waits on the token is cancelled, as on Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_status = 128 + number


def spoken(command: Callable[..., Any]) -> Callable[..., None]:
    """Ends ``command`` with words and a status where it raises a ``BridgeError`` or is interrupted."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        for stream in (sys.stdout, sys.stderr):
            # a name that the terminal's encoding lacks is no reason to fail
            if stream is not None:
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        try:
            with _heeding_signals():
                status = command(*arguments, **options)
        except BridgeError as error:
            report(error, as_json=bool(options.get("as_json")))
            status = error.exit_status
        except Terminated as ended:
            status = ended.exit_status
        except KeyboardInterrupt:
            say("Interrupted.")
            status = INTERRUPTED
        if status:
            sys.exit(status)

    return run


@contextlib.contextmanager
def _heeding_signals() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise Terminated(number)

    numbers = {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}
    found = {number: signal.getsignal(number) for number in numbers}
    # what is ignored stays so, as nohup has it; None is another language's
    before = {number: kept for number, kept in found.items() if kept not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, kept in before.items():
            signal.signal(number, kept)


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
