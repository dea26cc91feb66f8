"""A web application, as far as it talks to the Server API; with it, whoever holds a simulated token."""

import base64
import secrets
from collections.abc import Callable
from typing import Any

import httpx

from tests.simulated_account import SimulatedAccount


class WebApplication:
    """Calls one server with an API key; ``clock`` gives Unix seconds, ``app`` reaches the app side."""

    def __init__(
        self, http: httpx.AsyncClient, clock: Callable[[], float], app: httpx.AsyncClient | None = None
    ) -> None:
        self.http = http
        self.app = app or http
        self.clock = clock
        self.serverid = ""

    @property
    def unix(self) -> float:
        """The time that tokens go by."""
        return self.clock()

    async def make_server(self, name: str, **change: object) -> dict[str, Any]:
        """A new server."""
        reply = await self.http.post("/servers/", json={"serverName": name, **change})
        made: dict[str, Any] = reply.raise_for_status().json()
        return made

    async def call(
        self, method: str, path: str, nonce: str | None = None, server: str | None = None, **options: Any
    ) -> httpx.Response:
        """A call to the server; ``path`` begins after its id."""
        headers = options.pop("headers", {}) | ({"X-nonce": nonce} if nonce else {})
        return await self.http.request(
            method, f"/servers/{server or self.serverid}/{path}", headers=headers, **options
        )

    async def status(self, nonce: str) -> dict[str, Any]:
        """getSession."""
        found: dict[str, Any] = (await self.call("GET", "sessions/", nonce)).raise_for_status().json()
        return found

    async def qr(self, nonce: str) -> str:
        """The text of the session's login QR code."""
        return base64.b64decode((await self.status(nonce))["loginqrdata"]).decode()

    async def type(self, nonce: str, otp: str, server: str | None = None) -> httpx.Response:
        """otpLogin."""
        return await self.call("POST", "sessions/otplogin", nonce, server, json={"otp": otp})

    async def enrol(self, userid: str = "ada", pin: int = 0, server: str | None = None) -> SimulatedAccount:
        """An account that is active."""
        nonce, account = fresh_nonce(), SimulatedAccount(pin)
        query = {"userid": userid, "name": userid}
        shown = await self.call("GET", "sessions/qr/enrol", nonce, server, params=query)
        await account.enrol(self.app, shown.raise_for_status().text)
        body = {"checkcode": account.check_code}
        (await self.call("POST", "sessions/enrolment/confirm", nonce, server, json=body)).raise_for_status()
        return account


def fresh_nonce() -> str:
    """A browser session's secret."""
    return secrets.token_urlsafe(32)


def code(reply: httpx.Response) -> tuple[int, str]:
    """Status and error code of a refusal."""
    return reply.status_code, reply.json()["error"]["code"]
