"""Which account a login is for, and what came of the login: common to words and JSON."""

from sparekey.bridge.errors import NoSuchAccount
from sparekey.bridge.events import (
    Account,
    LoggedIn,
    LoginConfirmation,
    OTPGenerated,
    OTPOffered,
    Outcome,
    SessionStop,
    UserErrorMessage,
)
from sparekey.bridge.session import Callbacks, Session


class LoginChoice(Callbacks):
    """Takes the named account, or the only one; remembers the answer and the exit status."""

    def __init__(self, account: str | None, *, preferred: bool = False) -> None:
        """``preferred``: ``account`` is a setting's, which says nothing of a server that has none of it."""
        self._wanted = account
        self._preferred = preferred
        self.otp = ""
        self.signed_in = False
        self.signed_in_as: Account | None = None
        self.exit_status = 1

    def on_otp_offered(self, session: Session, event: OTPOffered) -> None:
        account = self.chosen(event.accounts)
        if account:
            session.generate_otp(account)

    def on_login_confirmation(self, session: Session, event: LoginConfirmation) -> None:
        account = self.chosen(event.accounts)
        if account:
            session.confirm(account)

    def on_otp(self, session: Session, event: OTPGenerated) -> None:
        self.otp = event.otp

    def on_logged_in(self, session: Session, event: LoggedIn) -> None:
        self.signed_in, self.signed_in_as = True, event.account

    def on_user_error_message(self, session: Session, event: UserErrorMessage) -> None:
        self.exit_status = event.exit_status

    def on_session_stop(self, session: Session, event: SessionStop) -> None:
        if event.outcome in (Outcome.OTP, Outcome.LOGIN):
            self.exit_status = 0

    def close(self) -> None:
        """The login is over, or was interrupted."""

    def chosen(self, accounts: tuple[Account, ...]) -> Account | None:
        """The account to take; ``ask`` decides where several fit and none was named.

        Whichever it is, NEXT on the token still changes it.
        """
        fitting = [one for one in accounts if self._wanted in (None, one.name)]
        if self._preferred:
            fitting = fitting or list(accounts)
        if not fitting:
            raise NoSuchAccount(f"it has {', '.join(one.name for one in accounts)}")
        return fitting[0] if len(fitting) == 1 else self.ask(tuple(fitting))

    def ask(self, accounts: tuple[Account, ...]) -> Account | None:
        """The person's choice; None where it comes later. Where nobody can be asked here, the token asks."""
        return accounts[0]
