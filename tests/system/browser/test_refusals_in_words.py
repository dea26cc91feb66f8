"""Every refusal of the login service is told in words, without a browser: the API answers from a script."""

import asyncio
import base64
import re
import time

import httpx
import pytest

from sparekey.server.web import create_site
from sparekey_token.core import compose

SITE = "http://site"


def login_text() -> str:
    body = compose.login_body(bytes(8), bytes(16), int(time.time()) + 120, True, "Sparekey demo", "Test")
    return base64.b64encode(compose.to_text(body).encode()).decode()


async def typed_otp(refusal: httpx.Response | Exception) -> httpx.Response:
    """The page that answers a well-formed OTP, where otplogin answers ``refusal``."""

    def api(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/sessions/otplogin"):
            if isinstance(refusal, Exception):
                raise refusal
            return refusal
        if request.url.path.endswith("/sessions/"):
            return httpx.Response(200, json={"loggedin": False, "hsid": "00", "loginqrdata": login_text()})
        return httpx.Response(200, json={"serverName": "Sparekey demo", "otpFormat": "crock32-30"})

    service = httpx.AsyncClient(transport=httpx.MockTransport(api), base_url="http://api")
    site = httpx.ASGITransport(create_site(service, "AAAAAAAAAAA"))
    async with service, httpx.AsyncClient(transport=site, base_url=SITE) as browser:
        page = (await browser.get("/")).text
        csrf = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
        assert csrf is not None
        return await browser.post("/signin", data={"csrf": csrf[1], "otp": "2xpp7q r5bdd0"})


def refused(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "ours"}}, headers=headers)


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (refused(403, "otp_refused"), 403, "That one-time password isn"),
        (refused(403, "session_locked"), 403, "Too many wrong tries with that QR code"),
        (refused(403, "otp_not_enabled"), 403, "takes no one-time passwords at the moment"),
        (refused(429, "throttled", **{"Retry-After": "240"}), 429, "Try again in 4 minutes."),
        (refused(429, "throttled", **{"Retry-After": "1"}), 429, "Try again in 1 second."),
        (refused(429, "throttled"), 429, "Try again in a few minutes."),
        (refused(503, "busy", **{"Retry-After": "5"}), 503, "Try again in 5 seconds."),
        (refused(401, "unauthorized"), 401, "key for the login service isn"),
        (httpx.Response(500, text="<h1>oops</h1>"), 500, "Wait a moment and try again."),
        (httpx.ConnectError("no route"), 502, "The login service can&#39;t be reached."),
    ],
)
def test_refusal_in_words(refusal: httpx.Response | Exception, status: int, words: str) -> None:
    page = asyncio.run(typed_otp(refusal))
    assert page.status_code == status
    assert words in page.text
    assert "oops" not in page.text
    assert 'name="otp"' in page.text
