"""What the desktop page shows and does: one login at a time, its events kept for the page to fetch."""

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

from sparekey.bridge.bridge import Bridge
from sparekey.bridge.errors import BridgeError
from sparekey.bridge.events import Account, Event, UserErrorMessage
from sparekey.bridge.payloads import read_login
from sparekey.bridge.scan.image_file import read_bytes
from sparekey.bridge.scan.ours import is_ours
from sparekey.bridge.session import Callbacks, Session


class Desk(Callbacks):
    """Logins for one page; its methods may be called from any thread."""

    def __init__(self, open_bridge: Callable[[], Bridge], wait: float | None = None) -> None:
        """``open_bridge`` opens the token, anew for each login; ``wait`` is the countdown in seconds."""
        self._open_bridge = open_bridge
        self._wait = wait
        self._changed = threading.Condition()
        self._events: list[dict[str, Any]] = []
        self._forgotten = 0
        self._session: Session | None = None
        self._running: threading.Thread | None = None
        self._closed = False

    # no choice is made for the person: the page has buttons for it
    def on_otp_offered(self, session: Session, event: Any) -> None:
        if len(event.accounts) == 1:
            session.generate_otp(event.accounts[0])

    def tell(self, session: Session, event: Event) -> None:
        self._session = session
        self._add(event.name, dataclasses.asdict(event))
        super().tell(session, event)

    def scan(self, data: bytes) -> None:
        """Begins a login with a picture's bytes, or a QR code's text; ends the one before.

        Raises ``ScanError`` where there is no login code in it.
        """
        text = data[:2048].decode("utf-8", "replace").strip()
        if not is_ours(text):
            text = read_bytes(data, "the file")
        shown = read_login(text)
        self.stop()
        with self._changed:
            # the OTP of the login before is of no use any more, to anyone
            self._forgotten += len(self._events)
            self._events.clear()
        self._add("scanned", {"server": shown.server_name, "hint": shown.hint})
        self._running = threading.Thread(target=self._log_in, args=(text,), daemon=True)
        self._running.start()

    def do(self, what: str, index: int) -> None:
        """What the person pressed on the page: ``now``, ``stop``; ``otp``, ``confirm`` with an account."""
        session = self._session
        if session is None:
            return
        account = Account(index, "")
        actions: dict[str, Callable[[], None]] = {
            "now": session.get_otp_now,
            "otp": lambda: session.generate_otp(account),
            "confirm": lambda: session.confirm(account),
            "stop": session.stop,
        }
        if what in actions:
            actions[what]()

    def stop(self) -> None:
        """Ends the login under way and waits until the token knows."""
        if self._session:
            self._session.stop()
        if self._running:
            self._running.join(10)
        self._running = self._session = None

    def close(self) -> None:
        """The page has gone; whoever waits for events is sent home."""
        self.stop()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def events_from(self, number: int, seconds: float) -> tuple[int, list[dict[str, Any]]] | None:
        """The events after the first ``number``, and how many there were in all; waits for one.

        None once the desk is closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._count() != number, seconds)
            if self._closed:
                return None
            return self._count(), self._events[max(0, number - self._forgotten) :]

    def _count(self) -> int:
        return self._forgotten + len(self._events)

    def _log_in(self, text: str) -> None:
        try:
            with self._open_bridge() as bridge:
                bridge.login(text, self, wait=self._wait)
        except BridgeError as error:
            self._add("user_error_message", dataclasses.asdict(UserErrorMessage.of(error)))
            self._add("session_stop", {"outcome": "error"})

    def _add(self, name: str, fields: dict[str, Any]) -> None:
        with self._changed:
            self._events.append({"event": name, **fields})
            self._changed.notify_all()
