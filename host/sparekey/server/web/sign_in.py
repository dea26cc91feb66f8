"""Signing in and out: the QR code, the OTP field, the welcome."""

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sparekey_token.core import payload
from sparekey_token.core.errors import Refused

from . import browser_session, otp_field, qr_picture, who_asks
from .login_service import LoginStatus, ServiceFault
from .pages import Pages, base, facts_as_json, field, form_of, wants_json
from .sentences import sentence


class SignIn:
    """The handlers of the first page; it says welcome, once someone is signed in."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.routes = [
            Route("/", self.page),
            Route("/status", self.status),
            Route("/signin", self.submit, methods=["POST"]),
            Route("/signout", self.leave, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """``GET /``: the QR code and the OTP field, or who is signed in."""
        return await self._show(request, browser_session.nonce_of(request))

    async def status(self, request: Request) -> Response:
        """``GET /status``: what the page compares with what it shows, by polling."""
        nonce = browser_session.nonce_of(request)
        if nonce is None:
            return facts_as_json(state="out", hsid="")
        found = await self._pages.service.status(nonce)
        return facts_as_json(state="in" if found.loggedin else "out", hsid=found.hsid)

    async def submit(self, request: Request) -> Response:
        """``POST /signin``: the typed OTP, by the page's script or as a plain form."""
        nonce: str | None = None
        try:
            nonce, form = await form_of(request)
            facts = await self._pages.facts()
            otp = otp_field.read(field(form, "otp"), facts.otp_format)
            await self._pages.service.otp_login(nonce, otp)
        except otp_field.Malformed as malformed:
            return await self._refuse(request, nonce, 422, str(malformed), field(form, "otp"))
        except ServiceFault as fault:
            # a dead session can't be revived: the next page gets another
            lost = fault.code in ("session_locked", "stale_form")
            return await self._refuse(request, None if lost else nonce, fault.status, sentence(fault), "")
        if wants_json(request):
            return facts_as_json(state="in")
        return RedirectResponse(base(request) + "/", 303)

    async def leave(self, request: Request) -> Response:
        """``POST /signout``: ends the login, and the browser session with it."""
        try:
            nonce, _ = await form_of(request)
        except ServiceFault as fault:
            return await self._show(request, browser_session.nonce_of(request), fault.status, sentence(fault))
        await self._pages.service.logout(nonce)
        response = RedirectResponse(base(request) + "/", 303)
        browser_session.keep(request, response, browser_session.fresh())
        return response

    async def _refuse(
        self, request: Request, nonce: str | None, status: int, words: str, typed: str
    ) -> Response:
        if not wants_json(request):
            return await self._show(request, nonce, status, words, typed)
        response = facts_as_json(status, state="out", error=words, renew=nonce is None)
        if nonce is None:
            browser_session.keep(request, response, browser_session.fresh())
        return response

    async def _show(
        self, request: Request, nonce: str | None, status: int = 200, error: str = "", typed: str = ""
    ) -> Response:
        asks = who_asks.hint(request.headers.get("user-agent", ""))
        nonce, found, shown = await self._usable(nonce or browser_session.fresh(), asks)
        if found.loggedin:
            values: dict[str, Any] = {"userid": found.userid, "otplogin": found.otplogin, "hsid": found.hsid}
            return await self._pages.show(request, nonce, "welcome.html", status=status, **values)
        assert shown is not None
        return await self._pages.show(
            request,
            nonce,
            "sign_in.html",
            status=status,
            qr=qr_picture.svg(found.qr_text, f"QR code for signing in to {shown.server_name}"),
            hsid=found.hsid,
            seconds=max(1, shown.expires - int(time.time())),
            otp_allowed=shown.otp_allowed,
            error=error,
            typed=typed,
        )

    async def _usable(self, nonce: str, asks: str) -> tuple[str, LoginStatus, payload.Login | None]:
        """The session behind ``nonce``, or behind a fresh one where its QR code is dead."""
        for candidate in (nonce, browser_session.fresh()):
            try:
                found = await self._pages.service.status(candidate, asks)
            except ServiceFault as fault:
                if fault.code != "session_locked" or candidate != nonce:
                    raise
                continue
            if found.loggedin:
                return candidate, found, None
            shown = _login(found.qr_text)
            if shown is not None and shown.expires > time.time():
                return candidate, found, shown
        raise ServiceFault("no_qr_code", 502)


def _login(text: str) -> payload.Login | None:
    try:
        found = payload.read(text)
    except Refused:
        return None
    return found if isinstance(found, payload.Login) else None
