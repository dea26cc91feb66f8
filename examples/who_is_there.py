"""The smallest program: which token is plugged in, and whose accounts it holds.

python examples/who_is_there.py [PORT]
"""

import sys

from sparekey.bridge import BridgeError, Token


def main(port: str | None) -> int:
    try:
        with Token.open(port) as token:
            hello = token.hello()
            print(f"token {hello.token_id.hex()}: firmware {hello.firmware} on {hello.board}")
            print(f"clock {hello.clock}, {hello.accounts} of {hello.capacity} accounts used")
            if hello.locked:
                print("it is locked: its PIN is typed on the token")
                return 0
            for account in token.accounts():
                print(f"  {account['name']} at {account['server']}")
    except BridgeError as error:
        print(error, error.next_step, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
