"""Which serial port is the token's: CircuitPython's data ports, told apart by the token's id."""

import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from .cable import Cable
from .errors import NoToken, OtherToken, SeveralTokens, TokenError

_TOKEN_ID = re.compile(r"[0-9a-fA-F]{16}\Z")
# seconds that a port may take to say that it is a token's
_PATIENCE = 3.0
_LOOK_EVERY = 0.3


class Answering(Protocol):
    """What the search needs of a token's client: ``hello`` asks who is there, and sets ``token_id``."""

    token_id: bytes

    @property
    def path(self) -> str: ...
    def hello(self, patience: float, /) -> object: ...
    def close(self) -> None: ...


Client = TypeVar("Client", bound=Answering)


def candidates() -> list[str]:
    """The ports of CircuitPython boards that carry data (not the REPL), by name."""
    from adafruit_board_toolkit import circuitpython_serial

    return sorted(port.device for port in circuitpython_serial.data_comports())


def canonical(path: str, platform: str = sys.platform) -> str:
    """``path`` as it must be opened: macOS's ``tty.`` ports wait for a carrier, its ``cu.`` ports don't."""
    if platform == "darwin" and path.startswith("/dev/tty."):
        return "/dev/cu." + path.removeprefix("/dev/tty.")
    if platform == "win32" and re.fullmatch(r"(?i)com\d+:?", path):
        return path.rstrip(":").upper()
    return path


def find(port: str | None, make: Callable[[Cable], Client]) -> Client:
    """The token at ``port`` (a path or a token's id, 16 hex digits), or the only one plugged in.

    ``make`` makes a client of its cable.
    """
    if port and not _TOKEN_ID.match(port):
        return _greeted(canonical(port), make)
    wanted = bytes.fromhex(port) if port else None
    found, faults = _open_all(make)
    fitting = [token for token in found if wanted in (None, token.token_id)]
    if len(fitting) != 1:
        fitting_or_not = ", ".join(f"{token.path}: {token.token_id.hex()}" for token in fitting or found)
    for token in found:
        if len(fitting) != 1 or token is not fitting[0]:
            token.close()
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise SeveralTokens(fitting_or_not)
    if wanted and found:
        raise OtherToken(fitting_or_not)
    if faults:
        raise faults[0]
    raise NoToken


def find_again(
    path: str, token_id: bytes, make: Callable[[Cable], Client], ended: threading.Event
) -> Client | None:
    """Waits until the token with that id is back, at the same port or another; None once ``ended`` is set."""
    while not ended.wait(_LOOK_EVERY):
        for place in dict.fromkeys([path, *candidates()]):
            if not Path(place).exists() and sys.platform != "win32":
                continue
            try:
                token = _greeted(place, make)
            except TokenError:
                continue
            if token.token_id == token_id:
                return token
            token.close()
    return None


def _greeted(path: str, make: Callable[[Cable], Client]) -> Client:
    """The token at ``path``, which has said hello."""
    token = make(Cable(path))
    try:
        token.hello(_PATIENCE)
    except BaseException:
        token.close()
        raise
    return token


def _open_all(make: Callable[[Cable], Client]) -> tuple[list[Client], list[TokenError]]:
    found: list[Client] = []
    faults: list[TokenError] = []
    for path in candidates():
        try:
            found.append(_greeted(path, make))
        except TokenError as fault:
            faults.append(fault)
    return found, faults
