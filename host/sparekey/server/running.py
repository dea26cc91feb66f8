"""Runs the service: opens the store and the listeners, tells when it answers, stops when told to."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from . import roles
from .application import api, app_side
from .bounded_http import BoundedHttp
from .control import control
from .demo import demo_site
from .master_key import FILE as MASTER_KEY
from .master_key import MasterKeys, private_file
from .service import Addresses, Service
from .store import open_store
from .store.interface import Transaction
from .sweep import sweep

_LOG = logging.getLogger("sparekey.server")
_GRACE = 5  # seconds that calls under way have when the service stops
_SWITCH = 0.0005  # seconds; the writer's thread must not wait 5 ms for the event loop's


class AddressRefused(OSError):
    """Nothing can be answered at ``address``; number and words are the operating system's."""

    def __init__(self, address: tuple[str, int], fault: OSError) -> None:
        super().__init__(fault.errno, fault.strerror)
        self.address = address


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


class Listener:
    """An address and the application behind it; it can be closed and opened again."""

    def __init__(self, address: tuple[str, int], reuse_port: bool = False) -> None:
        self._reuse_port = reuse_port
        self._socket: socket.socket | None = _bound(address, reuse_port)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._app: ASGIApp | None = None

    @property
    def url(self) -> str:
        """``http://HOST:PORT`` of it."""
        host, port = self.address
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def open(self, app: ASGIApp | None = None) -> None:
        """Answers from now on."""
        if self._task is not None:
            return
        self._app = app or self._app
        assert self._app is not None
        listening = self._socket or _bound(self.address, self._reuse_port)
        self._socket = None
        config = uvicorn.Config(
            self._app,
            http=BoundedHttp,
            ws="websockets-sansio",
            ws_max_size=4096,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))
        up = asyncio.create_task(self._server.up.wait())
        await asyncio.wait({up, self._task}, return_when=asyncio.FIRST_COMPLETED)

    async def close(self, at_once: bool = False) -> None:
        """Answers no more; what is under way ends first, unless ``at_once``."""
        if self._task is None or self._server is None:
            return
        self._server.should_exit = True
        self._server.force_exit = at_once
        await self._task
        self._task = self._server = None


class _Server(uvicorn.Server):
    """Uvicorn, with signals left to ``run`` and an event for having started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Opens the listeners."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Several listeners stop together, so none of them takes the signal."""
        yield


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT; ``say`` gets a line for each address, once all of them answer.

    Raises ``StoreUnavailable``, ``KeyFault``, ``AddressRefused`` and ``OSError`` where it can't begin.
    """
    sys.setswitchinterval(_SWITCH)
    os.umask(0o077)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    main = Listener(settings.listen, settings.reuse_port)
    apart = Listener(settings.app_listen, settings.reuse_port) if settings.app_listen else None
    controlled = Listener(settings.control) if settings.control else None
    public = (settings.public_url or main.url).rstrip("/")
    app_url = (settings.app_url or (apart.url if apart else public)).rstrip("/")
    store = open_store(settings.data, settings.database)
    await store.start()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends the runner itself
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        service = Service(store, MasterKeys(settings.data / MASTER_KEY), Addresses(public, app_url))
        await _first_key(service, settings.data / "apikey")
        async with contextlib.AsyncExitStack() as ends:
            here = settings.app and apart is None
            site = None
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


async def _first_key(service: Service, path: Path) -> None:
    """The first API key, for ``root``, in a file that only the owner reads."""
    if path.exists():
        return

    def job(transaction: Transaction) -> str:
        roles.add_role(transaction, roles.ROOT, [roles.ROOT], True)
        return roles.add_key(transaction, roles.ROOT, "the first key", service.now())

    private_file(path, await service.store.write(job) + "\n")


def _bound(address: tuple[str, int], reuse_port: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind(address)
    except OSError as fault:
        made.close()
        raise AddressRefused(address, fault) from fault
    return made


def event_loop() -> "asyncio.Runner":
    """A runner on uvloop where there is one."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=new_event_loop)
