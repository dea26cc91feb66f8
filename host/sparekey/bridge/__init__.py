"""The bridge between token, server and QR code, as a library (docs/bridge.md).

Names are imported when they are first used: a program that only reads a QR code loads no serial
port, one that only asks the token loads no HTTP.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asynchronous import AsyncBridge as AsyncBridge
    from .bridge import Bridge as Bridge
    from .errors import BridgeError as BridgeError
    from .events import Account as Account
    from .events import Outcome as Outcome
    from .events import State as State
    from .server_client import AsyncServerClient as AsyncServerClient
    from .server_client import ServerClient as ServerClient
    from .session import Callbacks as Callbacks
    from .session import Session as Session
    from .token import Token as Token

_HOMES = {
    "Account": "events",
    "AsyncBridge": "asynchronous",
    "AsyncServerClient": "server_client",
    "Bridge": "bridge",
    "BridgeError": "errors",
    "Callbacks": "session",
    "Outcome": "events",
    "ServerClient": "server_client",
    "Session": "session",
    "State": "events",
    "Token": "token",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
