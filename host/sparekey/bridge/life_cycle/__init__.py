"""A login from scan to end as a state machine without threads, sockets or clock: events in, orders out."""

from .login import COUNTDOWN, REPLUG, Login
from .orders import (
    AskServer,
    CallToken,
    CancelToken,
    DropServer,
    FindToken,
    Order,
    StartTimer,
    StopTimer,
    Tell,
)

__all__ = [
    "COUNTDOWN",
    "REPLUG",
    "AskServer",
    "CallToken",
    "CancelToken",
    "DropServer",
    "FindToken",
    "Login",
    "Order",
    "StartTimer",
    "StopTimer",
    "Tell",
]
