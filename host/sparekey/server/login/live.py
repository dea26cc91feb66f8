"""Live status: pages register for a session and hear LOGIN, LOGOUT and ENROL at once."""

import asyncio
import json
from collections import defaultdict

from starlette.websockets import WebSocket, WebSocketDisconnect

_REGISTERED = 8  # sessions that one page may listen to
_MESSAGE_BYTES = 512
_PENDING = 16  # news that a slow page may fall behind by
_FIRST_WORD = 30.0  # seconds to register in


class Hub:
    """Which queue wants news of which session, in this worker."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[str]]] = defaultdict(set)

    def hear(self, news: str) -> None:
        """``LOGIN <hsid>`` and its like, from any worker."""
        word, _, hsid = news.partition(" ")
        for queue in self._queues.get(hsid, ()):
            if not queue.full():
                queue.put_nowait(json.dumps({"type": word, "hsid": hsid}))

    @property
    def listeners(self) -> int:
        """How many queues there are, counted for each session that they want news of."""
        return sum(map(len, self._queues.values()))

    def add(self, hsid: str, queue: "asyncio.Queue[str]") -> None:
        """Wants news of a session."""
        self._queues[hsid].add(queue)

    def drop(self, hsids: set[str], queue: "asyncio.Queue[str]") -> None:
        """Wants no more."""
        for hsid in hsids:
            self._queues[hsid].discard(queue)
            if not self._queues[hsid]:
                del self._queues[hsid]


async def live(socket: WebSocket, hub: Hub) -> None:
    """The WebSocket at ``/live``: takes ``{"type": "REGISTER", "hsid": …}``, answers news."""
    await socket.accept()
    queue: asyncio.Queue[str] = asyncio.Queue(_PENDING)
    hsids: set[str] = set()
    speaking = asyncio.create_task(_speak(socket, queue))
    try:
        while True:
            # who registered may be silent for as long as the page is open
            text = await asyncio.wait_for(socket.receive_text(), None if hsids else _FIRST_WORD)
            hsid = _registered(text)
            if hsid is None or len(hsids) >= _REGISTERED:
                await socket.close(1008)
                return
            hub.add(hsid, queue)
            hsids.add(hsid)
    except TimeoutError:
        await socket.close(1008)
    except (WebSocketDisconnect, KeyError):  # KeyError: a frame of bytes where text is due
        pass
    finally:
        hub.drop(hsids, queue)
        speaking.cancel()


async def _speak(socket: WebSocket, queue: "asyncio.Queue[str]") -> None:
    try:
        while True:
            await socket.send_text(await queue.get())
    except (WebSocketDisconnect, RuntimeError):
        pass  # the page has gone; the reading side sees it too


def _registered(text: str) -> str | None:
    try:
        message = json.loads(text) if len(text) <= _MESSAGE_BYTES else None
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("type") != "REGISTER":
        return None
    hsid = message.get("hsid")
    if not isinstance(hsid, str) or len(hsid) != 32 or not set(hsid) <= set("0123456789abcdef"):
        return None
    return hsid
