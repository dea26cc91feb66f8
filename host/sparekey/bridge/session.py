"""A login as the program around it sees it: what holds at each moment, what the person may do."""

from collections.abc import Callable

from . import events
from .events import Account, State
from .life_cycle import Login, Order

Post = Callable[[Callable[[], list[Order]]], None]


class Session:
    """One login under way. Its methods may be called from any thread and from within callbacks."""

    def __init__(self, login: Login, post: Post) -> None:
        self._login = login
        self._post = post

    @property
    def id(self) -> str:
        """The session id (``hsid``) in hex."""
        return str(self._login.payload.session_id.hex())

    @property
    def server_id(self) -> bytes:
        """The server's 8 bytes."""
        return bytes(self._login.payload.server_id)

    @property
    def server_name(self) -> str:
        """The server's name as the QR code has it: proved by nobody yet."""
        return str(self._login.payload.server_name)

    @property
    def hint(self) -> str:
        """Who asks, as the QR code has it: proved by nobody."""
        return str(self._login.payload.hint)

    @property
    def state(self) -> State:
        """Where the login is."""
        return self._login.state

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The token's accounts for this server."""
        return self._login.accounts

    @property
    def otp_available(self) -> bool:
        """Whether ``generate_otp`` would be heeded at this moment."""
        return self._login.otp_available

    @property
    def connection_error(self) -> bool:
        """Whether the last try to reach the server failed."""
        return self._login.connection_error

    def get_otp_now(self) -> None:
        """Cuts the countdown short."""
        self._post(self._login.get_otp_now)

    def generate_otp(self, account: Account) -> None:
        """Asks the token for the OTP; from then on the server changes nothing."""
        self._post(lambda: self._login.generate_otp(account.index))

    def confirm(self, account: Account) -> None:
        """Logs in online with this account, after the press on the token."""
        self._post(lambda: self._login.confirm(account.index))

    def stop(self) -> None:
        """Gives up."""
        self._post(self._login.stop)


class Callbacks:
    """What a program is told, as nextAuth's SDK has it; override what you need.

    Each is called in the thread (or event loop) that runs the login. Left as they are, a login with
    one account confirms by itself and takes the OTP when it is offered, so that the press on the
    token is all that remains to do.
    """

    def on_state(self, session: Session, event: events.StateChanged) -> None:
        """The login is in another state."""

    def on_otp_available(self, session: Session, event: events.OTPAvailable) -> None:
        """The token could make an OTP."""

    def on_countdown(self, session: Session, event: events.Countdown) -> None:
        """The server is given so many seconds."""

    def on_otp_offered(self, session: Session, event: events.OTPOffered) -> None:
        """Time for ``session.generate_otp``."""
        if len(event.accounts) == 1:
            session.generate_otp(event.accounts[0])

    def on_login_confirmation(self, session: Session, event: events.LoginConfirmation) -> None:
        """Time for ``session.confirm``."""
        if len(event.accounts) == 1:
            session.confirm(event.accounts[0])

    def on_second_factor(self, session: Session, event: events.SecondFactor) -> None:
        """As ``on_login_confirmation``; the token will ask for its PIN."""
        self.on_login_confirmation(session, event)

    def on_waiting(self, session: Session, event: events.Waiting) -> None:
        """The token waits for its person."""

    def on_unplugged(self, session: Session, event: events.Unplugged) -> None:
        """The token was pulled."""

    def on_plugged_in(self, session: Session, event: events.PluggedIn) -> None:
        """The token is back."""

    def on_user_error_message(self, session: Session, event: events.UserErrorMessage) -> None:
        """Something for the person to know."""

    def on_otp(self, session: Session, event: events.OTPGenerated) -> None:
        """The one-time password."""

    def on_logged_in(self, session: Session, event: events.LoggedIn) -> None:
        """The server accepted the proof."""

    def on_clock_set(self, session: Session, event: events.ClockSet) -> None:
        """The token's clock was set by the server's proof."""

    def on_session_stop(self, session: Session, event: events.SessionStop) -> None:
        """It is over."""

    def tell(self, session: Session, event: events.Event) -> None:
        """Hands ``event`` to its own callback."""
        getattr(self, f"on_{event.name}")(session, event)
