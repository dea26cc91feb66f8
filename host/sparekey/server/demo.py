"""The demo: a server of its own, a role that may do no more than a login page needs, and the site."""

from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from .accounts import roles, servers
from .http.dispatch import spelled
from .keys.master_key import private_file
from .monitoring import audit
from .service import Service
from .store.interface import Transaction
from .web import create_site

NAME = "Sparekey demo"
ROLE = "demo"
_PERMISSIONS = ["accounts", "sessions"]
_KEY = "the demo site's"


async def demo_site(service: Service, the_api: ASGIApp, keyfile: Path) -> tuple[Starlette, httpx.AsyncClient]:
    """The site, and the client that it calls ``the_api`` with, within the process.

    Its API key is in ``keyfile``, for the workers that share the folder.
    """
    kept = keyfile.read_text("ascii", "replace").strip() if keyfile.exists() else ""

    def job(transaction: Transaction, by: audit.By) -> tuple[bytes, str]:
        roles.add_role(transaction, ROLE, _PERMISSIONS, False, by)
        row = transaction.one("SELECT serverid FROM servers WHERE owner = ? ORDER BY id LIMIT 1", ROLE)
        if row is None:
            made = servers.insert(transaction, servers.fresh(service.keys, NAME, ROLE, by.now), by)
            row = (made.serverid,)
        hashed = roles.key_hash(kept.encode("utf-8"))
        if kept and transaction.one("SELECT 1 FROM apikeys WHERE hash = ? AND role = ?", hashed, ROLE):
            return bytes(row[0]), kept
        return bytes(row[0]), roles.add_key(transaction, ROLE, _KEY, by)

    serverid, key = await audit.change(service.store, service.now(), audit.COMMAND, job)
    if key != kept:
        private_file(keyfile, key + "\n")
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(the_api), base_url="http://api", headers={"X-apikey": key}
    )
    https = service.addresses.public.startswith("https:")
    return create_site(client, spelled(serverid), https=https), client
