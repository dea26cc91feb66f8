"""The web application's side: a login with Sparekey in a program that has pages of its own.

    python examples/web_application.py SERVER_URL APIKEY_FILE QR_PICTURE

Writes the QR code of a new session to QR_PICTURE, waits until somebody logs in with it, and takes a
one-time password on standard input for when the token's bridge can't reach the server.
"""

import secrets
import select
import sys
import time
from pathlib import Path

import httpx

_PATIENCE = 120  # seconds


class Logins:
    """The few calls of the server's API that a login takes (docs/server-api.md)."""

    def __init__(self, url: str, apikey: str) -> None:
        self._api = httpx.Client(base_url=url, headers={"X-apikey": apikey})
        found = self._api.get("/servers/").raise_for_status().json()
        self._sessions = f"/servers/{found['servers'][0]['serverid']}/sessions"

    def qr_picture(self, nonce: str) -> bytes:
        """A PNG; the nonce is the secret of this one browser session, and names it."""
        answer = self._api.get(
            f"{self._sessions}/qr/login", params={"img": "png"}, headers={"X-nonce": nonce}
        )
        return answer.raise_for_status().content

    def status(self, nonce: str) -> dict[str, object]:
        """Whether somebody is logged in, who, and whether by a one-time password."""
        answer = self._api.get(f"{self._sessions}/", headers={"X-nonce": nonce}).raise_for_status()
        status: dict[str, object] = answer.json()
        return status

    def otp_login(self, nonce: str, otp: str) -> str | None:
        """Logs the session in; otherwise what to tell the person."""
        answer = self._api.post(f"{self._sessions}/otplogin", json={"otp": otp}, headers={"X-nonce": nonce})
        return None if answer.is_success else str(answer.json()["error"]["message"])


def main(url: str, apikey_file: str, picture: str) -> int:
    logins = Logins(url, Path(apikey_file).read_text("utf-8").strip())
    nonce = secrets.token_hex(16)
    Path(picture).write_bytes(logins.qr_picture(nonce))
    print(f"scan {picture}, or type the one-time password here:", flush=True)
    deadline = time.monotonic() + _PATIENCE
    listening = [sys.stdin]
    while time.monotonic() < deadline:
        typed, _, _ = select.select(listening, [], [], 0.5)
        line = sys.stdin.readline() if typed else ""
        if typed and not line:  # closed: nobody will type
            listening = []
        if line.strip():
            refused = logins.otp_login(nonce, line.strip())
            if refused:
                print(refused, flush=True)
        status = logins.status(nonce)
        if status.get("loggedin"):
            how = "by one-time password" if status.get("otplogin") else "online"
            print(f"welcome, {status.get('userid')} ({how})")
            return 0
    print("nobody logged in")
    return 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
