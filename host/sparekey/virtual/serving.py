"""Runs a virtual board with its control address until told to stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from .board import Board
from .control import control
from .states import State


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours: the board is to be unplugged first."""
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket on a loopback address; ``OSError`` where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


async def serve(
    board: Board, start: State | None, socket_: socket.socket, say: Callable[[str], None]
) -> None:
    """Powers the board, says where the control address is and when the firmware runs; ends on a signal.

    ``start`` is the state to begin in, None for as it was left. Raises ``CableFault``, ``OSError``.
    """
    host, number = socket_.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    hosts = frozenset(f"{name}:{number}" for name in (shown, "localhost", "127.0.0.1", "[::1]"))
    stop = asyncio.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal_ != signal.SIGHUP or signal.getsignal(signal_) is not signal.SIG_IGN:  # as nohup has it
            asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    server = _Server(
        uvicorn.Config(
            control(board, hosts),
            log_level="warning",
            lifespan="off",
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=1,
        )
    )
    if start is None:
        await board.switch_on()
    else:
        await board.begin(start)
    try:
        say(f"control at http://{shown}:{number}")
        answering = asyncio.create_task(server.serve(sockets=[socket_]))
        loops = asyncio.create_task(board.power.firmware_loops())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((answering, loops, stopped), return_when=asyncio.FIRST_COMPLETED)
        if loops.done() and loops.exception() is None:
            say("ready")
        await asyncio.wait((answering, stopped), return_when=asyncio.FIRST_COMPLETED)
        loops.cancel()
        server.should_exit = True
        await board.close()  # a page that waits for the OLED to change would hold up the end
        await answering
    finally:
        await board.power.switch_off()
