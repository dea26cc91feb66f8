"""An address that is answered: its socket, and uvicorn on it; it can be closed and opened again."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from .bounded_http import BoundedHttp

_GRACE = 5  # seconds that calls under way have when the service stops


class AddressRefused(OSError):
    """Nothing can be answered at ``address``; number and words are the operating system's."""

    def __init__(self, address: tuple[str, int], fault: OSError) -> None:
        super().__init__(fault.errno, fault.strerror)
        self.address = address


class Listener:
    """An address and the application behind it; it can be closed and opened again."""

    def __init__(self, address: tuple[str, int], reuse_port: bool = False) -> None:
        self._asked = address
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
        """Answers from now on. Raises ``AddressRefused`` where another began to listen there meanwhile."""
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
        if not up.done():
            up.cancel()
            ended, self._task, self._server = self._task, None, None
            listening.close()
            try:
                await ended
            except OSError as fault:
                raise AddressRefused(self._asked, fault) from fault

    def let_go(self) -> None:
        """Closes a socket that was bound and never answered at: another part of the start failed."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

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
