"""Runs the service: opens the store and the listeners, tells when it answers, stops when told to."""

import asyncio
import contextlib
import gc
import logging
import os
import shlex
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .accounts import roles
from .application import api, app_side
from .demo import demo_site
from .http.control import control
from .http.listener import Listener
from .keys.file_lock import held
from .keys.master_key import FILE as MASTER_KEY
from .keys.master_key import MasterKeys, private_file
from .monitoring import audit
from .service import Addresses, Service
from .store import open_store
from .store.interface import Transaction
from .sweep import sweep

FIRST_KEY = "apikey"
"""The first API key's file in the data directory."""

_LOG = logging.getLogger("sparekey.server")
_START = "start.lock"
_SWITCH = 0.0005  # seconds; the writer's thread must not wait 5 ms for the event loop's


@dataclass(frozen=True)
class Settings:
    """What ``sparekey server run`` was told; addresses are ``(host, port)``, port 0 is any free one."""

    listen: tuple[str, int]
    data: Path
    database: str | None = None
    demo: bool = False
    app: bool = True
    app_listen: tuple[str, int] | None = None
    control: tuple[str, int] | None = None
    public_url: str | None = None
    app_url: str | None = None
    reuse_port: bool = False


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT; ``say`` gets a line for each address, once all of them answer.

    Without the demo it then gets a line on API keys: where the first is, and how another is made.

    Raises ``StoreUnavailable``, ``KeyFault``, ``AddressRefused`` and ``OSError`` where it can't begin.
    """
    sys.setswitchinterval(_SWITCH)
    os.umask(0o077)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.ExitStack() as sockets:

        def bound(address: tuple[str, int], reuse_port: bool = False) -> Listener:
            made = Listener(address, reuse_port)
            sockets.callback(made.let_go)
            return made

        main = bound(settings.listen, settings.reuse_port)
        apart = bound(settings.app_listen, settings.reuse_port) if settings.app_listen else None
        controlled = bound(settings.control) if settings.control else None
        await _serve(settings, say, main, apart, controlled)


async def _serve(
    settings: Settings,
    say: Callable[[str], None],
    main: Listener,
    apart: Listener | None,
    controlled: Listener | None,
) -> None:
    public = (settings.public_url or main.url).rstrip("/")
    app_url = (settings.app_url or (apart.url if apart else public)).rstrip("/")
    store = open_store(settings.data, settings.database)
    await store.start()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends the runner itself
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        async with contextlib.AsyncExitStack() as ends:
            here = settings.app and apart is None
            site = None
            # workers that start together make one master key and one first API key between them
            with _starting_alone(settings.data):
                service = Service(store, MasterKeys(settings.data / MASTER_KEY), Addresses(public, app_url))
                there = await _first_key(service, settings.data / FIRST_KEY)
                if settings.demo:
                    site, client = await demo_site(
                        service, api(service, app_side=False), settings.data / "demo-apikey"
                    )
                    ends.push_async_callback(client.aclose)
            await main.open(api(service, app_side=here, site=site))
            ends.push_async_callback(main.close)
            lines = [f"listening on {main.url}"]
            if apart is not None:
                await apart.open(app_side(service))
                ends.push_async_callback(apart.close)
                lines.append(f"app side on {apart.url}")
                if not settings.app:
                    await apart.close()
            if controlled is not None:
                await controlled.open(control(apart))
                ends.push_async_callback(controlled.close)
                lines.append(f"control on {controlled.url}")
            if not settings.demo:
                lines.append(_about_keys(settings, there))
            sweeping = asyncio.create_task(sweep(service))
            ends.callback(sweeping.cancel)
            # what is there now stays: only what calls leave behind is worth a look now and then
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000, 20, 50)
            for line in lines:
                say(line)
            await stopped.wait()
            _LOG.info("stopping")
    finally:
        await store.stop()


def _starting_alone(folder: Path) -> contextlib.AbstractContextManager[None]:
    # where nothing can be made, nothing is made twice: a folder may be mounted for reading alone
    return held(folder / _START, wait=True) if os.access(folder, os.W_OK) else contextlib.nullcontext()


async def _first_key(service: Service, path: Path) -> bool:
    """The first API key, for ``root``, in a file that only the owner reads; whether it is (still) taken."""
    if path.exists():
        kept = roles.key_hash(path.read_bytes().strip())
        found = await service.store.read(lambda t: t.one("SELECT 1 FROM apikeys WHERE hash = ?", kept))
        return found is not None

    def job(transaction: Transaction, by: audit.By) -> str:
        roles.add_role(transaction, roles.ROOT, [roles.ROOT], True, by)
        return roles.add_key(transaction, roles.ROOT, "the first key", by)

    key = await audit.change(service.store, service.now(), audit.COMMAND, job)
    private_file(path, key + "\n")
    return True


def _about_keys(settings: Settings, there: bool) -> str:
    folder = shlex.quote(str(settings.data))
    elsewhere = " --database URL" if settings.database else ""
    another = f"sparekey server keys add shop --permission sessions --data {folder}{elsewhere}"
    if there:
        return f"root's API key is in {settings.data / FIRST_KEY}; for an application make one: {another}"
    return f"the API key in {settings.data / FIRST_KEY} was removed; make one: {another}"


def event_loop() -> "asyncio.Runner":
    """A runner on uvloop where there is one."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=new_event_loop)
