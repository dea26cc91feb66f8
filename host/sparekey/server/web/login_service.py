"""The calls of the Server API that a login page needs, over an ``httpx.AsyncClient`` with the API key."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx


class ServiceFault(Exception):
    """The login service said no, or nothing.

    ``code`` is the API's stable error code (``unreachable`` where there was no answer), ``status``
    its HTTP status, ``retry_after`` seconds where the API gave them. No words of the service are
    kept: what the person reads is in ``sentences``.
    """

    def __init__(self, code: str, status: int, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.code = code
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class LoginStatus:
    """getSession's answer, as far as pages use it."""

    loggedin: bool
    hsid: str
    qr_text: str
    userid: str
    otplogin: bool
    accountid: int | None = None


@dataclass(frozen=True)
class TokenFacts:
    """An account of the person's: one of their tokens; times in Unix seconds."""

    id: int
    description: str
    created: int
    lastlogin: int | None


@dataclass(frozen=True)
class EnrolmentStatus:
    """Where the enrolment of this browser session is: ``waiting``, ``check``, ``active`` or ``ended``."""

    state: str
    checkcode: str
    userid: str


@dataclass(frozen=True)
class ServerFacts:
    """What the site shows of the server's settings."""

    name: str
    wsurl: str
    otp_format: str


class LoginService:
    """One server of a login service. ``nonce`` is always the browser session's secret."""

    def __init__(self, api: httpx.AsyncClient, serverid: str) -> None:
        self._api = api
        self._server = f"/servers/{serverid}/"

    async def facts(self) -> ServerFacts:
        """The server's name, the address of its live status and its OTP format."""
        found = await self._json("GET", "")
        return ServerFacts(
            str(found.get("serverName") or ""),
            str(found.get("wsurl") or ""),
            str(found.get("otpFormat") or "crock32-30"),
        )

    async def status(self, nonce: str, hint: str = "") -> LoginStatus:
        """getSession: who is signed in, or the QR code that lets someone.

        ``hint`` is what the token will show of who asks, where this call makes the code.
        """
        query = {"info": hint} if hint else None
        return _login_status(await self._json("GET", "sessions/", nonce, query=query))

    async def tokens(self, userid: str) -> list[TokenFacts]:
        """A user's tokens, at most a hundred of them."""
        found = await self._json("GET", f"users/{quote(userid, safe='')}/accounts")
        try:
            return [
                TokenFacts(
                    int(one["id"]),
                    str(one.get("description") or ""),
                    int(one["created"]),
                    one.get("lastlogin"),
                )
                for one in found["accounts"]
            ]
        except (KeyError, TypeError, ValueError):
            raise ServiceFault("unreadable", 502) from None

    async def remove(self, accountid: int) -> None:
        """Take a token away."""
        await self._call("DELETE", f"accounts/{accountid}/")

    async def otp_login(self, nonce: str, otp: str) -> LoginStatus:
        """Sign in with a one-time password; ``ServiceFault`` with ``otp_refused`` and its like."""
        return _login_status(await self._json("POST", "sessions/otplogin", nonce, body={"otp": otp}))

    async def logout(self, nonce: str) -> None:
        """End the browser session's login."""
        await self._call("POST", "sessions/logout", nonce)

    async def begin_enrolment(self, nonce: str, userid: str, name: str) -> str:
        """Begin an enrolment of ``userid``; answers the text of the QR code for the token."""
        reply = await self._call("GET", "sessions/qr/enrol", nonce, query={"userid": userid, "name": name})
        return reply.text

    async def enrolment(self, nonce: str) -> EnrolmentStatus:
        """The enrolment begun in this browser session; ``ServiceFault`` (404) where there is none."""
        found = await self._json("GET", "sessions/enrolment", nonce)
        return EnrolmentStatus(
            str(found.get("state") or ""), str(found.get("checkcode") or ""), str(found.get("userid") or "")
        )

    async def confirm(self, nonce: str, checkcode: str) -> None:
        """Make the account active. Another code than the server's ends the enrolment (403)."""
        await self._call("POST", "sessions/enrolment/confirm", nonce, body={"checkcode": checkcode})

    async def _json(
        self,
        method: str,
        path: str,
        nonce: str | None = None,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        reply = await self._call(method, path, nonce, query=query, body=body)
        try:
            found = reply.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ServiceFault("unreadable", 502)
        return found

    async def _call(
        self,
        method: str,
        path: str,
        nonce: str | None = None,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> httpx.Response:
        headers = {"X-nonce": nonce} if nonce else {}
        try:
            reply = await self._api.request(
                method, self._server + path, params=query, json=body, headers=headers
            )
        except httpx.TransportError:
            raise ServiceFault("unreachable", 502) from None
        if reply.is_success:
            return reply
        raise ServiceFault(_code(reply), reply.status_code, _seconds(reply.headers.get("retry-after", "")))


def _login_status(found: dict[str, Any]) -> LoginStatus:
    try:
        text = base64.b64decode(found.get("loginqrdata") or "", validate=True).decode("ascii")
    except ValueError:
        raise ServiceFault("unreadable", 502) from None
    return LoginStatus(
        found.get("loggedin") is True,
        str(found.get("hsid") or ""),
        text,
        str(found.get("userid") or ""),
        found.get("otplogin") is True,
        found.get("accountid"),
    )


def _code(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return "unreadable"


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
