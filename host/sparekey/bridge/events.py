"""What a login tells the program around it, in nextAuth's words: one class an event.

``name`` is the event's name in ``--json`` output and the callback's: ``on_<name>``.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Self

from .errors import BridgeError


class State(StrEnum):
    """Where a login is."""

    STARTING = "STARTING"
    """Scanned: the token is asked, the server is tried."""
    USER_INTERACTION = "USER_INTERACTION"
    """The server answered: the person is asked to confirm; no OTP any more."""
    ACTIVE = "ACTIVE"
    """The token gave its proof, which is on its way to the server or was accepted."""
    DONE = "DONE"
    """Over: signed in, an OTP given, or stopped by the person."""
    ERROR = "ERROR"
    """Over without any of these."""


@dataclass(frozen=True)
class Account:
    """An account on the token: its place there and its name."""

    index: int
    name: str


@dataclass(frozen=True)
class Event:
    """Anything that is told."""

    name: ClassVar[str]


@dataclass(frozen=True)
class StateChanged(Event):
    """The login went on to another state."""

    name = "state"
    state: State


@dataclass(frozen=True)
class OTPAvailable(Event):
    """The token could make a one-time password for one of these accounts, if the server stays away."""

    name = "otp_available"
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Countdown(Event):
    """The server is given this many seconds before the OTP is offered."""

    name = "countdown"
    seconds: float


@dataclass(frozen=True)
class OTPOffered(Event):
    """The countdown is over, or was cut short: time for ``generate_otp`` with one of these accounts."""

    name = "otp_offered"
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class LoginConfirmation(Event):
    """The server answered; ``confirm`` with one of these accounts logs in by proof."""

    name = "login_confirmation"
    server: str
    hint: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class SecondFactor(LoginConfirmation):
    """As ``LoginConfirmation``, and the server wants the PIN, which is typed on the token."""

    name = "second_factor"


@dataclass(frozen=True)
class Waiting(Event):
    """The token waits for its person: a ``button`` or its ``pin``, for so many seconds."""

    name = "waiting"
    what: str
    seconds: int


@dataclass(frozen=True)
class Unplugged(Event):
    """The token was pulled; the login goes on when it is back."""

    name = "unplugged"


@dataclass(frozen=True)
class PluggedIn(Event):
    """The token is back."""

    name = "plugged_in"


@dataclass(frozen=True)
class UserErrorMessage(Event):
    """Something for the person to know; ``error_code`` is nextAuth's number, None where it has none."""

    name = "user_error_message"
    error_code: int | None
    error: str
    message: str
    next_step: str = ""
    exit_status: int = 1

    @classmethod
    def of(cls, error: BridgeError) -> Self:
        """The message for an error of the bridge's."""
        return cls(error.number, error.name, str(error), error.next_step, error.exit_status)


@dataclass(frozen=True)
class OTPGenerated(Event):
    """The one-time password, as the token shows it."""

    name = "otp"
    otp: str = field(repr=False)


@dataclass(frozen=True)
class LoggedIn(Event):
    """The server accepted the token's proof; None where the person could choose the account on the token."""

    name = "logged_in"
    account: Account | None


@dataclass(frozen=True)
class ClockSet(Event):
    """The token took the server's proved time; ``offset`` is what its clock was moved by, in seconds."""

    name = "clock_set"
    offset: int


class Outcome(StrEnum):
    """How a login ended."""

    OTP = "otp"
    LOGIN = "login"
    STOPPED = "stopped"
    ERROR = "error"


@dataclass(frozen=True)
class SessionStop(Event):
    """The login is over; told exactly once, last of all."""

    name = "session_stop"
    outcome: Outcome
