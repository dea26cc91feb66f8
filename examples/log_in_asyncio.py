"""The same login in a program that runs on asyncio: the callbacks come in its event loop.

python examples/log_in_asyncio.py PICTURE_OF_THE_QR_CODE [PORT [SERVER_URL]]
"""

import asyncio
import sys

from sparekey.bridge import AsyncBridge, BridgeError, Callbacks, Outcome, Session, events, scan


class Listener(Callbacks):
    """Keeps what the login brought."""

    def __init__(self) -> None:
        self.otp: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def on_otp(self, session: Session, event: events.OTPGenerated) -> None:
        self.otp.set_result(event.otp)

    def on_user_error_message(self, session: Session, event: events.UserErrorMessage) -> None:
        print(event.message, event.next_step, file=sys.stderr)


async def main(picture: str, port: str | None = None, server_url: str | None = None) -> int:
    listener = Listener()
    try:
        async with await AsyncBridge.open(port, server_url=server_url) as bridge:
            login = asyncio.create_task(bridge.login(scan.read(picture), listener, wait=5))
            # ... the program goes on with its own work here ...
            outcome = await login
    except BridgeError as error:
        print(error, error.next_step, file=sys.stderr)
        return error.exit_status
    if outcome is Outcome.OTP:
        print(await listener.otp)
    elif outcome is Outcome.LOGIN:
        print("signed in")
    return 0 if outcome in (Outcome.OTP, Outcome.LOGIN) else 1


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(*sys.argv[1:])))
