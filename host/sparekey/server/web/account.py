"""The account page: the tokens of who is signed in, when they were last used, and taking one away."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import browser_session, notice
from .login_service import LoginStatus, ServiceFault, TokenFacts
from .pages import Pages, base, field, form_of
from .sentences import removed, sentence


class AccountPage:
    """The handlers of the account page."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.routes = [
            Route("/account", self.page, methods=["GET"]),
            Route("/account/remove", self.remove, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """``GET /account``: the tokens; the sign-in page where nobody is signed in."""
        return await self._show(request, browser_session.nonce_of(request))

    async def remove(self, request: Request) -> Response:
        """``POST /account/remove``: takes one of the person's own tokens away."""
        try:
            nonce, form = await form_of(request)
            found = await self._pages.service.status(nonce)
            if not found.loggedin:
                return RedirectResponse(base(request) + "/", 303)
            wanted = field(form, "token")
            # what the form says is only believed if it is among the person's own
            own = {str(token.id): token for token in await self._pages.service.tokens(found.userid)}
            if wanted in own:
                return await self._remove(request, nonce, own[wanted], own[wanted].id == found.accountid)
        except ServiceFault as fault:
            return await self._show(request, browser_session.nonce_of(request), fault.status, sentence(fault))
        return RedirectResponse(base(request) + "/account", 303)

    async def _remove(self, request: Request, nonce: str, token: TokenFacts, here: bool) -> Response:
        await self._pages.service.remove(token.id)
        response = RedirectResponse(base(request) + ("/" if here else "/account"), 303)
        if here:  # nobody is signed in any more: the browser session ends as by signing out
            await self._pages.service.logout(nonce)
            nonce = browser_session.fresh()
            browser_session.keep(request, response, nonce)
        notice.leave(request, response, nonce, removed(_name(token), here))
        return response

    async def _show(
        self, request: Request, nonce: str | None, status: int = 200, error: str = ""
    ) -> Response:
        found = await self._signed_in(nonce)
        if nonce is None or found is None:
            return RedirectResponse(base(request) + "/", 303)
        tokens = await self._pages.service.tokens(found.userid)
        shown = [
            {
                "id": token.id,
                "name": _name(token),
                "added": _day(token.created),
                "used": _day(token.lastlogin) if token.lastlogin else "",
                "here": token.id == found.accountid,
            }
            for token in tokens
        ]
        return await self._pages.show(
            request, nonce, "account.html", status=status, userid=found.userid, tokens=shown, error=error
        )

    async def _signed_in(self, nonce: str | None) -> LoginStatus | None:
        if nonce is None:
            return None
        found = await self._pages.service.status(nonce)
        return found if found.loggedin else None


def _name(token: TokenFacts) -> str:
    return token.description or "Token"


def _day(unix: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(unix)) + " UTC"
