"""How the site's handlers answer: a page with its session's cookie and policy, or a few facts as JSON."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.templating import Jinja2Templates

from . import browser_session, notice
from .login_service import LoginService, ServerFacts, ServiceFault
from .response_headers import policy

_FACTS_FOR = 30.0  # seconds that the server's settings are kept

_FORM_FIELDS = 8  # ours have at most three
_FORM_BYTES = 4096

Form = dict[str, str]


class Pages:
    """The templates and the login service behind them."""

    def __init__(self, service: LoginService) -> None:
        self.service = service
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates = Jinja2Templates(env=environment)
        self._facts: tuple[float, ServerFacts] | None = None

    async def facts(self) -> ServerFacts:
        """The server's settings, asked for again after half a minute."""
        now = time.monotonic()
        if self._facts is None or now - self._facts[0] > _FACTS_FOR:
            self._facts = (now, await self.service.facts())
        return self._facts[1]

    async def show(
        self, request: Request, nonce: str, template: str, *, status: int = 200, **values: Any
    ) -> Response:
        """A page for the browser session ``nonce``, which the answer's cookie keeps."""
        facts = await self.facts()
        values |= {"facts": facts, "csrf": browser_session.csrf_token(nonce), "base": base(request)}
        values["notice"] = notice.take(request)
        response = self._templates.TemplateResponse(request, template, values, status_code=status)
        response.headers["content-security-policy"] = policy(facts.wsurl)
        browser_session.keep(request, response, nonce)
        notice.drop(request, response)
        return response

    def trouble(self, request: Request, words: str, status: int) -> Response:
        """A page for when nothing else can be shown; it asks nothing of the login service."""
        facts = ServerFacts("Sparekey", "", "")
        values = {"facts": facts, "csrf": "", "base": base(request), "words": words}
        return self._templates.TemplateResponse(request, "trouble.html", values, status_code=status)


def base(request: Request) -> str:
    """The path that the site is mounted at, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def wants_json(request: Request) -> bool:
    """Whether the page's script asks, not the browser itself."""
    return request.headers.get("accept", "") == "application/json"


def facts_as_json(status: int = 200, **values: Any) -> Response:
    """An answer to the page's script."""
    return JSONResponse(values, status_code=status)


async def form_of(request: Request) -> tuple[str, Form]:
    """The browser session's nonce and the posted form, its CSRF token checked.

    Raises ``ServiceFault`` (``stale_form``) where there is no session or the token isn't its own.
    """
    nonce = browser_session.nonce_of(request)
    form = await _posted(request)
    if nonce is None or not browser_session.csrf_holds(nonce, field(form, "csrf")):
        raise ServiceFault("stale_form", 403)
    return nonce, form


def field(form: Form, name: str) -> str:
    """A field's text, stripped; empty where it is missing."""
    return form.get(name, "").strip()


async def _posted(request: Request) -> Form:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _FORM_BYTES:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FORM_FIELDS))
    except ValueError:
        raise HTTPException(400) from None
