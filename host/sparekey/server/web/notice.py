"""A sentence for the next page, on what the form before it did: a cookie that is read once.

It is authenticated under the browser session's nonce, so that nobody else can put words onto a page. The
site keeps nothing, and the address stays one that may be reloaded or passed on.
"""

import base64
import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

from . import browser_session

_NAME = "sparekey-notice"
_LASTS = 60  # seconds; the next page comes at once


def leave(request: Request, response: Response, nonce: str, words: str) -> None:
    """Keep ``words`` for the page that ``response`` leads to, in the browser session ``nonce``."""
    text = base64.urlsafe_b64encode(words.encode("utf-8")).decode("ascii").rstrip("=")
    browser_session.set_cookie(request, response, _NAME, f"{text}.{_proof(nonce, text)}", _LASTS)


def take(request: Request) -> str:
    """What was left for this page; empty where nothing was, or not by this site in this session."""
    nonce = browser_session.nonce_of(request)
    text, _, proof = request.cookies.get(browser_session.cookie_name(request, _NAME), "").partition(".")
    if nonce is None or not hmac.compare_digest(_proof(nonce, text).encode("ascii"), proof.encode("utf-8")):
        return ""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")


def drop(request: Request, response: Response) -> None:
    """It was shown, or is not to be shown any more."""
    if browser_session.cookie_name(request, _NAME) in request.cookies:
        browser_session.set_cookie(request, response, _NAME, "", 0)


def _proof(nonce: str, text: str) -> str:
    key = hashlib.sha256(b"sparekey site notice\x00" + nonce.encode("ascii")).digest()
    return hmac.new(key, text.encode("utf-8"), "sha256").hexdigest()
