"""A login for people: what happens, in words, on stderr."""

import time

from sparekey.bridge.events import (
    Account,
    ClockSet,
    Countdown,
    Event,
    LoggedIn,
    LoginConfirmation,
    OTPOffered,
    PluggedIn,
    SecondFactor,
    StateChanged,
    Unplugged,
    UserErrorMessage,
    Waiting,
)
from sparekey.bridge.session import Session

from . import failures
from .login_choice import LoginChoice
from .status_line import StatusLine, is_live
from .waits import Waits
from .words import printable, say

_ASKS = "The token shows who asks. Press OK on it if that is you"


class LoginWords(LoginChoice):
    """Says what happens; where there is a keyboard, Enter hurries and a number chooses."""

    def __init__(self, account: str | None, *, preferred: bool = False, keyboard: bool) -> None:
        super().__init__(account, preferred=preferred)
        self._keyboard = keyboard
        self._session: Session | None = None
        self._choices: tuple[Account, ...] = ()
        self._waits = Waits(_ASKS)
        self._left = 0.0
        self._line = StatusLine() if keyboard and is_live() else None

    def tell(self, session: Session, event: Event) -> None:
        if self._line and not isinstance(event, StateChanged | UserErrorMessage):
            self._line.clear()
        super().tell(session, event)

    def close(self) -> None:
        """Leaves the terminal as it was."""
        if self._line:
            self._line.clear()

    def begin(self, session_id: str, server: str, hint: str) -> None:
        """Who asks, as the QR code says."""
        say(f"Login at {printable(server)}" + (f", asked for by {printable(hint)}" if hint else ""))

    def typed(self, line: str) -> None:
        """A line from the keyboard: Enter alone hurries, a number chooses an account."""
        session = self._session
        if session is None:
            return
        if not self._choices:
            session.get_otp_now()
        elif line.isdecimal() and 1 <= int(line) <= len(self._choices):
            account, self._choices = self._choices[int(line) - 1], ()
            session.generate_otp(account)
            session.confirm(account)
        elif line:
            say(f"A number from 1 to {len(self._choices)}, please.")

    def ask(self, accounts: tuple[Account, ...]) -> Account | None:
        if not self._keyboard:
            say("It has several accounts for that server: NEXT on the token shows the next one.")
            return super().ask(accounts)
        self._choices = accounts
        say("Which account?")
        for number, account in enumerate(accounts, 1):
            say(f"  {number}  {printable(account.name)}")
        return None

    def on_countdown(self, session: Session, event: Countdown) -> None:
        self._session = session
        if self._line:
            say("Trying the server. If it stays away, the token makes a one-time password.")
            self._count_down(event.seconds)
            return
        hurry = " Press Enter to get it now." if self._keyboard else ""
        say(
            "Trying the server. If it stays away, the token makes a one-time password"
            f" in {event.seconds:.0f} s.{hurry}"
        )

    def _count_down(self, seconds: float) -> None:
        assert self._line
        self._left = time.monotonic() + seconds
        self._line.count_down(seconds, lambda left: f"  one-time password in {left} s; Enter: now")

    def on_otp_offered(self, session: Session, event: OTPOffered) -> None:
        self._session = session
        self._left = 0.0
        say("The token can make a one-time password now.")
        super().on_otp_offered(session, event)

    def on_login_confirmation(self, session: Session, event: LoginConfirmation) -> None:
        self._session = session
        pin = " It wants your PIN." if isinstance(event, SecondFactor) else ""
        say(f"The server answers: no one-time password is needed.{pin}")
        super().on_login_confirmation(session, event)

    def on_waiting(self, session: Session, event: Waiting) -> None:
        self._waits(event.what, event.seconds)

    def on_unplugged(self, session: Session, event: Unplugged) -> None:
        say("The token was unplugged. Plug it in again to go on.")

    def on_plugged_in(self, session: Session, event: PluggedIn) -> None:
        say("The token is back.")
        self._waits = Waits(_ASKS)

    def on_logged_in(self, session: Session, event: LoggedIn) -> None:
        super().on_logged_in(session, event)
        say("The server accepted the token's proof.")
        # all that the token may still ask is whether its clock may make a large step
        self._waits = Waits("The token's clock is far off. Compare the times it shows, then press OK on it")

    def on_clock_set(self, session: Session, event: ClockSet) -> None:
        if event.offset:
            say(f"The token's clock was set by the server's proof ({event.offset:+d} s).")

    def on_user_error_message(self, session: Session, event: UserErrorMessage) -> None:
        super().on_user_error_message(session, event)
        if self._line:
            self._line.clear()
        failures.tell(event.error_code, event.error, event.message, event.next_step)
        if self._line and session.otp_available and self._left > time.monotonic():
            self._count_down(self._left - time.monotonic())
