"""The control address obeys who is on this machine, and no page that a browser on it shows."""

import httpx
import pytest

from sparekey.server.http.control import control
from sparekey.server.http.listener import Listener

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/app/off", "/app/on"])
async def test_a_page_in_a_browser_can_t_close_the_app_side(path: str) -> None:
    apart = Listener(("127.0.0.1", 0))
    transport = httpx.ASGITransport(control(apart))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for origin in ("https://evil.example", "null", "http://127.0.0.1"):
            assert (await http.post(path, headers={"origin": origin})).status_code == 403
        assert (await http.post("/app/off")).json() == {"app": "off"}
    apart.let_go()
