"""Waiting until the token runs the firmware that was just written, and says so."""

import time
from collections.abc import Callable

from sparekey.bridge.errors import BridgeError
from sparekey.bridge.token import Hello, Token

from .errors import DeployError, NoGreeting

_PAUSE = 0.3
_PATIENCE = 2.0


def wait_for_hello(
    firmware: str,
    board: str,
    seconds: float,
    *,
    say_hello: Callable[[], Hello] | None = None,
    port: str | None = None,
) -> Hello:
    """The first hello of ``board`` running ``firmware``, within ``seconds``.

    Another version answering is the old firmware that still runs, until the token is plugged in anew.
    Raises ``NoGreeting`` where none answers, ``DeployError`` where only another version or board does.
    """
    ask = say_hello or (lambda: _say_hello(port))
    deadline = time.monotonic() + seconds
    other: Hello | None = None
    fault = ""
    while True:
        try:
            hello = ask()
            if (hello.firmware, hello.board) == (firmware, board):
                return hello
            other = hello
        except BridgeError as what:
            fault = str(what)
        if time.monotonic() >= deadline:
            break
        time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))
    if other is None:
        raise NoGreeting(
            f"The files are on the drive, but the token didn't say hello within {seconds:g} s. {fault} "
            "Unplug it, plug it in again without holding a button, and ask it: sparekey token info"
        )
    if other.board != board:
        raise DeployError(
            f"The token that answers is a {other.board}, not a {board}: is another one plugged in too?"
        )
    raise DeployError(
        f"The token still runs firmware {other.firmware}; {firmware} is on its drive. Unplug it and plug it "
        "in again without holding a button."
    )


def _say_hello(port: str | None) -> Hello:
    with Token.open(port) as token:
        return token.hello(_PATIENCE)
