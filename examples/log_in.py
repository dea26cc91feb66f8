"""A login inside a program of your own: override the callbacks that matter to you.

    python examples/log_in.py PICTURE_OF_THE_QR_CODE [PORT [SERVER_URL]]

The server is tried first. Where it answers, a press on the token logs in. Where it doesn't, the token
makes a one-time password after its press, and this program prints it.
"""

import sys

from sparekey.bridge import BridgeError, Callbacks, Outcome, Session, events, scan
from sparekey.bridge.bridge import Bridge


class MyProgram(Callbacks):
    """What this program does when something happens; what it leaves out goes its usual way."""

    def on_countdown(self, session: Session, event: events.Countdown) -> None:
        print(f"trying the server for {event.seconds:g} s")  # session.get_otp_now() cuts it short

    def on_otp_offered(self, session: Session, event: events.OTPOffered) -> None:
        session.generate_otp(event.accounts[0])  # a real program lets the person choose

    def on_waiting(self, session: Session, event: events.Waiting) -> None:
        print(f"the token waits for its {event.what} ({event.seconds} s)")

    def on_user_error_message(self, session: Session, event: events.UserErrorMessage) -> None:
        print(event.message, event.next_step, file=sys.stderr)

    def on_otp(self, session: Session, event: events.OTPGenerated) -> None:
        print(event.otp)

    def on_logged_in(self, session: Session, event: events.LoggedIn) -> None:
        print(f"signed in as {event.account.name}" if event.account else "signed in")


def main(picture: str, port: str | None = None, server_url: str | None = None) -> int:
    try:
        with Bridge(port, server_url=server_url) as bridge:
            outcome = bridge.login(scan.read(picture), MyProgram(), wait=5)
    except BridgeError as error:
        print(error, error.next_step, file=sys.stderr)
        return error.exit_status
    return 0 if outcome in (Outcome.OTP, Outcome.LOGIN) else 1


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
