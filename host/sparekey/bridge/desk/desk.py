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


class _Login(Callbacks):
    """One login: its events for the page, until the desk has turned away from it."""

    def __init__(self, add: Callable[[str, dict[str, Any]], None]) -> None:
        self.over = threading.Event()
        self.session: Session | None = None
        self._add = add

    def tell(self, session: Session, event: Event) -> None:
        self.session = session
        if self.over.is_set():  # it was, before there was a session to stop
            session.stop()
            return
        self._add(event.name, dataclasses.asdict(event))
        super().tell(session, event)

    def stop(self) -> None:
        """Ends it, however far it has come: while the token is being opened, too."""
        self.over.set()
        if self.session:
            self.session.stop()


class Desk:
    """Logins for one page; its methods may be called from any thread."""

    def __init__(self, open_bridge: Callable[[], Bridge], wait: float | None = None) -> None:
        """``open_bridge`` opens the token, anew for each login; ``wait`` is the countdown in seconds."""
        self._open_bridge = open_bridge
        self._wait = wait
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._events: list[dict[str, Any]] = []
        self._forgotten = 0
        self._login: _Login | None = None
        self._running: threading.Thread | None = None
        self._closed = False

    def scan(self, data: bytes) -> None:
        """Begins a login with a picture's bytes, or a QR code's text; ends the one before.

        Raises ``ScanError`` where there is no login code in it.
        """
        text = data[:2048].decode("utf-8", "replace").strip()
        if not is_ours(text):
            text = read_bytes(data, "the file")
        shown = read_login(text)
        with self._turn:
            self._stop()
            with self._changed:
                # the OTP of the login before is of no use any more, to anyone
                self._forgotten += len(self._events)
                self._events.clear()
            self._add("scanned", {"server": shown.server_name, "hint": shown.hint})
            self._login = _Login(self._add)
            self._running = threading.Thread(target=self._log_in, args=(text, self._login), daemon=True)
            self._running.start()

    def do(self, what: str, index: int) -> None:
        """What the person pressed on the page: ``now``, ``stop``; ``otp``, ``confirm`` with an account."""
        session = self._login.session if self._login else None
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

    def close(self) -> None:
        """The page has gone; whoever waits for events is sent home."""
        with self._turn:
            self._stop()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _stop(self) -> None:
        """Ends the login under way and waits until the token knows."""
        if self._login:
            self._login.stop()
        if self._running:
            self._running.join(10)
        self._running = self._login = None

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

    def _log_in(self, text: str, login: _Login) -> None:
        try:
            with self._open_bridge() as bridge:
                if not login.over.is_set():
                    bridge.login(text, login, wait=self._wait)
        except BridgeError as error:
            if not login.over.is_set():
                self._add("user_error_message", dataclasses.asdict(UserErrorMessage.of(error)))
                self._add("session_stop", {"outcome": "error"})

    def _add(self, name: str, fields: dict[str, Any]) -> None:
        with self._changed:
            self._events.append({"event": name, **fields})
            self._changed.notify_all()
