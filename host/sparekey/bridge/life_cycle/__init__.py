"""A login from scan to end as a state machine without threads, sockets or clock: events in, orders out."""

from .login import Login
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
from .steps import COUNTDOWN, REPLUG

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
