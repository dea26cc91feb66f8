"""Whether the master key is the one that the store's keys are sealed under, before anything is done with it.

A missing master key would be made anew, and the store's keys then never open: each login a fault.
"""

import os
from pathlib import Path

from sparekey.server.store.interface import Store

from .master_key import VARIABLE, KeyFault, MasterKeys, of_server


async def not_lost(store: Store, path: Path) -> None:
    """Raises ``KeyFault`` where there is no master key at ``path``, and the store has keys under one."""
    if is_there(path):
        return
    if await store.read(lambda t: t.one("SELECT 1 FROM servers LIMIT 1")):
        raise KeyFault(
            f"{path} is missing, and the store's keys are sealed under it. Put your copy of it there, or its "
            f"text into {VARIABLE}"
        )


def is_there(path: Path) -> bool:
    """Whether there is a master key: in the environment, or at ``path``."""
    return VARIABLE in os.environ or path.exists()


async def fits(store: Store, keys: MasterKeys) -> None:
    """Raises ``KeyFault`` where a server's key in the store doesn't open under ``keys``."""
    row = await store.read(lambda t: t.one("SELECT serverid, sealed_key FROM servers ORDER BY id LIMIT 1"))
    if row:
        keys.open(bytes(row[1]), of_server(bytes(row[0])))
