"""A transport that, closed while its peer still sends, first takes what comes and forgets it.

Closing with bytes unread resets the connection, and the reset overtakes the answer: who sends a body too
large would see a broken connection instead of the 413 (RFC 9112 §9.6).
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

_SECONDS = 30.0  # as long as an idle connection is kept
_BYTES = 16 * 1024 * 1024


class LingeringTransport:
    """``transport``, which is written to and closed through this; ``sending`` tells if more is to come."""

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, sending: Callable[[], bool]
    ) -> None:
        self._transport = transport
        self._call_later = loop.call_later
        self._sending = sending
        self._left = _BYTES
        self._late: asyncio.TimerHandle | None = None
        self.write: Callable[[bytes], None] = transport.write  # bound: it's on every answer's way
        self.lingering = False
        """Closed, and what comes is for ``take``."""

    def as_transport(self) -> asyncio.Transport:
        """Itself, as a protocol takes it."""
        return cast("asyncio.Transport", self)

    def is_closing(self) -> bool:
        """Whether it is closed for the one who writes; the peer may still be sending."""
        return self.lingering or self._transport.is_closing()

    def close(self) -> None:
        """Ends what is written; hangs up now, or once the peer has ended or gone on for too long.

        A second call hangs up.
        """
        if self.is_closing() or not self._sending():
            self.hang_up()
            return
        self.lingering = True
        self._late = self._call_later(_SECONDS, self.hang_up)
        self._transport.write_eof()
        self.write = _forget
        self._transport.resume_reading()

    def take(self, count: int) -> None:
        """``count`` bytes came after ``close``."""
        self._left -= count
        if self._left < 0:
            self.hang_up()

    def hang_up(self) -> None:
        """Closes without waiting for the peer."""
        if self._late is not None:
            self._late.cancel()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _forget(_data: bytes) -> None:
    pass
