"""A web application in a few lines: holds the API key, asks the login service (docs/server-api.md)."""

import base64
import secrets
import time
from typing import Any

import httpx


class WebApplication:
    """One browser session of a web application on the Server API."""

    def __init__(self, server: str, apikey: str, serverid: str = "") -> None:
        """``server`` is the login service's address; ``serverid`` the first one's where it isn't named."""
        self._client = httpx.Client(
            base_url=server, headers={"X-apikey": apikey}, trust_env=False, timeout=10
        )
        self._serverid = serverid or self._first_server()
        self.nonce = secrets.token_urlsafe(32)

    def close(self) -> None:
        """Ends the connection to the login service."""
        self._client.close()

    def enrolment_picture(self, userid: str, name: str) -> bytes:
        """A PNG with the QR code that adds an account for ``userid``, called ``name`` on the token."""
        query = {"img": "png", "userid": userid, "name": name}
        return self._session("GET", "qr/enrol", params=query).content

    def enrolment(self) -> dict[str, Any]:
        """Where the enrolment of this browser session is, and its check code."""
        return self._json("GET", "enrolment")

    def wait_for_check_code(self, seconds: float = 30) -> str:
        """The check code, once the token has revealed its key."""
        end = time.monotonic() + seconds
        while True:
            found = self.enrolment()
            if found.get("checkcode"):
                return str(found["checkcode"])
            if time.monotonic() > end:
                raise TimeoutError(f"the enrolment is still {found.get('state')}")
            time.sleep(0.05)

    def confirm(self, checkcode: str) -> None:
        """The person saw this check code on both screens."""
        self._session("POST", "enrolment/confirm", json={"checkcode": checkcode})

    def login_picture(self) -> bytes:
        """A PNG with the QR code that this browser session logs in with."""
        return self._session("GET", "qr/login", params={"img": "png"}).content

    def otp_login(self, otp: str) -> dict[str, Any]:
        """The LoginStatus that the one-time password got; ``httpx.HTTPStatusError`` where it was refused."""
        return self._json("POST", "otplogin", json={"otp": otp})

    def status(self) -> dict[str, Any]:
        """getSession: the LoginStatus of this browser session."""
        return self._json("GET", "")

    def login_payload(self) -> str:
        """The text of the login QR code, as getSession has it."""
        return base64.b64decode(self.status()["loginqrdata"]).decode("ascii")

    def _first_server(self) -> str:
        servers = self._client.get("/servers/").raise_for_status().json()
        return str(servers["servers"][0]["serverid"])

    def _session(self, method: str, call: str, **options: Any) -> httpx.Response:
        address = f"/servers/{self._serverid}/sessions/{call}"
        reply = self._client.request(method, address, headers={"X-nonce": self.nonce}, **options)
        return reply.raise_for_status()

    def _json(self, method: str, call: str, **options: Any) -> dict[str, Any]:
        found = self._session(method, call, **options).json()
        assert isinstance(found, dict)
        return found
