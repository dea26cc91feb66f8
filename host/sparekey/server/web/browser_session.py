"""The browser session: a secret nonce in a cookie, which is also what names the session at the API.

There is nothing to keep on this side. The CSRF token is a hash of the nonce: who can't read the
HttpOnly cookie can't know it, and it needs no store.
"""

import base64
import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

NONCE_BYTES = 32
_NAME = "sparekey"


def fresh() -> str:
    """A new nonce: 32 random bytes in URL-safe base64 without padding."""
    return secrets.token_urlsafe(NONCE_BYTES)


def nonce_of(request: Request) -> str | None:
    """The nonce in the request's cookie, ``None`` where it has none that is well formed."""
    nonce = request.cookies.get(cookie_name(request, _NAME), "")
    try:
        data = base64.b64decode(nonce + "=", altchars=b"-_", validate=True)
    except ValueError:
        return None
    return nonce if len(data) == NONCE_BYTES else None


def keep(request: Request, response: Response, nonce: str) -> None:
    """Put the nonce into the browser: HttpOnly, SameSite=Lax, gone when the browser is closed."""
    set_cookie(request, response, _NAME, nonce, None)


def csrf_token(nonce: str) -> str:
    """What every form of this browser session carries."""
    return hashlib.sha256(b"sparekey site csrf\x00" + nonce.encode("ascii")).hexdigest()


def csrf_holds(nonce: str, given: str) -> bool:
    """Whether a form carried this session's token, compared in constant time."""
    return hmac.compare_digest(csrf_token(nonce).encode("ascii"), given.encode("utf-8"))


def set_cookie(request: Request, response: Response, name: str, value: str, lasts: int | None) -> None:
    """A cookie that scripts can't read, for ``lasts`` seconds (0: take it away; None: as ``keep``)."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        lasts,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def cookie_name(request: Request, name: str) -> str:
    """The cookie's whole name at this address."""
    # the prefix makes browsers refuse a cookie that another host of the domain planted; it needs https
    return "__Host-" + name if request.url.scheme == "https" else name
