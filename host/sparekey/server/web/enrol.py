"""Enrolling a token: who, the QR code, and the check code that the person compares on both screens."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sparekey_token.core import payload
from sparekey_token.core.errors import Refused

from . import browser_session, qr_picture
from .login_service import ServiceFault
from .pages import Pages, base, facts_as_json, field, form_of
from .sentences import sentence

_MAX_USERID = 64


class Enrol:
    """The handlers of the enrolment's pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.routes = [
            Route("/enrol", self.ask, methods=["GET"]),
            Route("/enrol", self.begin, methods=["POST"]),
            Route("/enrol/status", self.status),
            Route("/enrol/check", self.check),
            Route("/enrol/confirm", self.confirm, methods=["POST"]),
            Route("/enrol/differ", self.differ, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """``GET /enrol``: user id and display name."""
        return await self._ask(request, browser_session.nonce_of(request))

    async def begin(self, request: Request) -> Response:
        """``POST /enrol``: begins an enrolment and shows its QR code."""
        try:
            nonce, form = await form_of(request)
        except ServiceFault as fault:
            return await self._ask(request, None, fault.status, sentence(fault))
        userid, name = field(form, "userid"), field(form, "name")
        wrong = _misnamed(userid, name or userid)
        if wrong:
            return await self._ask(request, nonce, 422, wrong, userid, name)
        try:
            text = await self._pages.service.begin_enrolment(nonce, userid, name or userid)
        except ServiceFault as fault:
            words = "That user id can't be used." if fault.status in (400, 403, 409, 422) else sentence(fault)
            return await self._ask(request, nonce, fault.status, words, userid, name)
        shown = _enrolment(text)
        return await self._pages.show(
            request,
            nonce,
            "enrol_scan.html",
            qr=qr_picture.svg(text, f"QR code for adding your token to {shown.server_name}"),
            userid=userid,
            seconds=max(1, shown.expires - int(time.time())),
        )

    async def status(self, request: Request) -> Response:
        """``GET /enrol/status``: the enrolment's state, by polling."""
        nonce = browser_session.nonce_of(request)
        if nonce is None:
            return facts_as_json(state="ended")
        try:
            found = await self._pages.service.enrolment(nonce)
        except ServiceFault as fault:
            if fault.status != 404:
                raise
            return facts_as_json(state="ended")
        return facts_as_json(state=found.state)

    async def check(self, request: Request) -> Response:
        """``GET /enrol/check``: the check code, or how the enrolment went."""
        nonce = browser_session.nonce_of(request)
        if nonce is None:
            return RedirectResponse(base(request) + "/enrol", 303)
        try:
            found = await self._pages.service.enrolment(nonce)
        except ServiceFault as fault:
            if fault.status != 404:
                raise
            return RedirectResponse(base(request) + "/enrol", 303)
        return await self._pages.show(
            request,
            nonce,
            "enrol_check.html",
            state=found.state,
            checkcode=found.checkcode,
            userid=found.userid,
        )

    async def confirm(self, request: Request) -> Response:
        """``POST /enrol/confirm``: the person saw the same code on both screens."""
        return await self._judge(request, same=True)

    async def differ(self, request: Request) -> Response:
        """``POST /enrol/differ``: they saw two codes; someone may be in between, so the enrolment ends."""
        return await self._judge(request, same=False)

    async def _judge(self, request: Request, same: bool) -> Response:
        try:
            nonce, form = await form_of(request)
        except ServiceFault as fault:
            return await self._ask(request, None, fault.status, sentence(fault))
        seen = field(form, "checkcode")
        try:
            await self._pages.service.confirm(nonce, seen if same else _another(seen))
        except ServiceFault as fault:
            # 403 ended it, 409 found it in another state: the check page tells which
            if fault.status not in (403, 409):
                raise
        return RedirectResponse(base(request) + "/enrol/check", 303)

    async def _ask(
        self,
        request: Request,
        nonce: str | None,
        status: int = 200,
        error: str = "",
        userid: str = "",
        name: str = "",
    ) -> Response:
        return await self._pages.show(
            request,
            nonce or browser_session.fresh(),
            "enrol.html",
            status=status,
            error=error,
            userid=userid,
            name=name,
        )


def _misnamed(userid: str, name: str) -> str:
    if not userid:
        return "Type a user id."
    if len(userid) > _MAX_USERID:
        return f"A user id has at most {_MAX_USERID} characters."
    if not userid.isprintable() or "/" in userid or not name.isprintable():
        return "A user id has no slash, and nothing in it or in the name that can't be seen."
    if len(name.encode("utf-8")) > payload.MAX_ACCOUNT_NAME:
        limit = payload.MAX_ACCOUNT_NAME
        return f"The name is too long for the token's screen: at most {limit} letters, fewer with accents."
    return ""


def _another(code: str) -> str:
    """A well-formed check code that isn't ``code``: the API ends an enrolment by it."""
    return "000000" if code != "000000" else "111111"


def _enrolment(text: str) -> payload.Enrolment:
    try:
        found = payload.read(text)
    except Refused:
        raise ServiceFault("unreadable", 502) from None
    if not isinstance(found, payload.Enrolment):
        raise ServiceFault("unreadable", 502)
    return found
