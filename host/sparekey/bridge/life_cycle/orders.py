"""What a login orders of whoever drives it. ``call`` numbers tie answers to what was asked."""

from dataclasses import dataclass, field

from sparekey.bridge.app_calls import AppCall
from sparekey.bridge.events import Event


@dataclass(frozen=True)
class Order:
    """Anything to do."""


@dataclass(frozen=True)
class CallToken(Order):
    """Call a method; answer with ``token_answered``, ``token_refused`` or ``token_gone``."""

    call: int
    method: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class CancelToken(Order):
    """End the call that waits; its answer is of no interest any more."""


@dataclass(frozen=True)
class FindToken(Order):
    """Watch for the same token to be plugged in again; answer with ``token_back``."""


@dataclass(frozen=True)
class AskServer(Order):
    """Ask the server; answer with ``server_answered`` or ``server_failed``."""

    call: int
    request: AppCall


@dataclass(frozen=True)
class DropServer(Order):
    """Give up what was asked of the server; its answer is of no interest any more."""


@dataclass(frozen=True)
class StartTimer(Order):
    """Call ``timer_fired(timer)`` after so many seconds; a timer of that name starts anew."""

    timer: str
    seconds: float


@dataclass(frozen=True)
class StopTimer(Order):
    """Forget that timer, if it runs."""

    timer: str


@dataclass(frozen=True)
class Tell(Order):
    """Hand an event to the program around."""

    event: Event
