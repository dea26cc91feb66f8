"""What the server's unit tests do, in their words."""

import time
from pathlib import Path
from typing import Any

import httpx

from sparekey.server.accounts import roles
from sparekey.server.application import api
from sparekey.server.keys.master_key import MasterKeys
from sparekey.server.monitoring import audit
from sparekey.server.service import Addresses, Service
from sparekey.server.store import Store
from tests.web_application import WebApplication, code, fresh_nonce

__all__ = ["Harness", "code", "fresh_nonce"]


class Harness(WebApplication):
    """A service behind an HTTP client, with the root role's API key and one server."""

    def __init__(self, store: Store, data: Path) -> None:
        # in the middle of an interval, so that no test straddles two by chance
        self.now = time.time() // 120 * 120 + 60.0
        self.service = Service(
            store,
            MasterKeys(data / "master.key"),
            Addresses("http://api", "http://app"),
            clock=lambda: self.now,
        )
        transport = httpx.ASGITransport(api(self.service))
        super().__init__(httpx.AsyncClient(transport=transport, base_url="http://api"), lambda: self.now)

    async def begin(self) -> None:
        """Makes the role, the key and the server."""

        def job(transaction: Any) -> str:
            by = audit.By(self.service.now())
            roles.add_role(transaction, "root", ["root"], True, by)
            return roles.add_key(transaction, "root", "test", by)

        self.http.headers["X-apikey"] = await self.service.store.write(job)
        self.serverid = (await self.make_server("Test"))["serverid"]
        # what is noted from here on is the test's
        await self.service.store.write(lambda t: t.run("DELETE FROM audit"))

    async def end(self) -> None:
        """Closes the client."""
        await self.http.aclose()
