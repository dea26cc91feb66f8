"""The demo site behind a proxy, and asked in ways that no page of its own does."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sparekey.server.application import api
from sparekey.server.demo import demo_site

from .harness import Harness

pytestmark = pytest.mark.anyio


@pytest.fixture
async def browser(
    harness: Harness, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the site over HTTP at a host's name; the public address is the parameter."""
    harness.service.addresses.public = request.param
    site, client = await demo_site(harness.service, api(harness.service, app_side=False), tmp_path / "key")
    transport = httpx.ASGITransport(site)
    async with client, httpx.AsyncClient(transport=transport, base_url="http://written.example") as made:
        yield made


@pytest.mark.parametrize(
    ("browser", "name", "secure"),
    [
        ("https://login.example.org", "__Host-sparekey", True),
        ("http://127.0.0.1:8080", "sparekey", False),
    ],
    indirect=["browser"],
)
async def test_cookies_are_for_https_where_that_is_the_public_address(
    browser: httpx.AsyncClient, name: str, secure: bool
) -> None:
    kept = (await browser.get("/", headers={"x-forwarded-proto": "https"})).headers["set-cookie"]
    assert kept.startswith(name + "=")
    assert ("secure" in kept.lower()) is secure


@pytest.mark.parametrize("browser", ["https://login.example.org"], indirect=True)
@pytest.mark.parametrize("path", ["/account/", "/enrol/", "/enrol/check/", "/static", "//other.example/"])
async def test_nobody_is_sent_to_the_host_that_a_request_names(browser: httpx.AsyncClient, path: str) -> None:
    reply = await browser.get("http://written.example" + path)
    assert (reply.status_code, reply.headers.get("location")) == (404, None)
