"""Errors as a command ends with them: what, why, what next; a number for programs; an exit status."""

import functools
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sparekey.bridge.errors import BridgeError

from .words import printable, say

if TYPE_CHECKING:
    from sparekey.bridge.events import UserErrorMessage

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


def spoken(command: Callable[..., Any]) -> Callable[..., None]:
    """Ends ``command`` with words and a status where it raises a ``BridgeError`` or is interrupted."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            status = command(*arguments, **options)
        except BridgeError as error:
            if options.get("as_json"):
                print(json.dumps({"error": as_object(error)}), flush=True)  # noqa: T201
            else:
                tell(error.number, error.name, str(error), error.next_step)
            status = error.exit_status
        except KeyboardInterrupt:
            say("Interrupted.")
            status = INTERRUPTED
        if status:
            sys.exit(status)

    return run


def tell(number: int | None, name: str, message: str, next_step: str) -> None:
    """An error in words, on stderr."""
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
