"""The demo: a server of its own, a role that may do no more than a login page needs, and the site."""

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from . import roles, servers
from .dispatch import spelled
from .service import Service
from .store.interface import Transaction
from .web import create_site

NAME = "Sparekey demo"
ROLE = "demo"
_PERMISSIONS = ["accounts", "sessions"]
_KEY = "the demo site's"


async def demo_site(service: Service, the_api: ASGIApp) -> tuple[Starlette, httpx.AsyncClient]:
    """The site, and the client that it calls ``the_api`` with, within the process."""

    def job(transaction: Transaction) -> tuple[bytes, str]:
        roles.add_role(transaction, ROLE, _PERMISSIONS, False)
        row = transaction.one("SELECT serverid FROM servers WHERE owner = ? ORDER BY id LIMIT 1", ROLE)
        if row is None:
            made = servers.insert(transaction, servers.fresh(service.keys, NAME, ROLE, service.now()))
            row = (made.serverid,)
        # the last run's key is nobody's any more
        transaction.run("DELETE FROM apikeys WHERE description = ? AND role = ?", _KEY, ROLE)
        return bytes(row[0]), roles.add_key(transaction, ROLE, _KEY, service.now())

    serverid, key = await service.store.write(job)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(the_api), base_url="http://api", headers={"X-apikey": key}
    )
    return create_site(client, spelled(serverid)), client
