"""``otplogin`` for programs that hold the web application's API key, such as kiosks (docs/server-api.md)."""

import base64
import json
from typing import Any, Self

import httpx

from .app_calls import refusal
from .errors import ServerGarbled
from .server_client import client_options, fetched, made


class WebApplication:
    """One browser session at one server, by its API key and its nonce (both secret)."""

    def __init__(
        self,
        url: str,
        server_id: bytes,
        apikey: str,
        nonce: str,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        serverid = base64.urlsafe_b64encode(server_id).decode().rstrip("=")
        self._path = f"/servers/{serverid}/sessions/"
        headers = {"X-apikey": apikey, "X-nonce": nonce}
        self._client = made(httpx.Client, {"headers": headers, "transport": transport, **client_options(url)})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def otp_login(self, otp: str) -> dict[str, Any]:
        """The LoginStatus after ``otplogin``, which must say that this session is logged in by OTP.

        Raises ``ServerRefused`` (``otp_refused`` and its kin), ``ServerUnreachable``, ``ServerGarbled``.
        """
        self._ask("POST", "otplogin", {"otp": otp})
        status = self._ask("GET", "", None)
        if status.get("loggedin") is not True or status.get("otplogin") is not True:
            raise ServerGarbled("the one-time password was taken, but the session is not logged in by it")
        return status

    def _ask(self, method: str, call: str, body: dict[str, object] | None) -> dict[str, Any]:
        status, content = fetched(self._client, method, self._path + call, body)
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            raise ServerGarbled("no JSON") from None
        if not isinstance(told, dict):
            raise ServerGarbled("no JSON object")
        if status != 200:
            raise refusal(status, told)
        return told
