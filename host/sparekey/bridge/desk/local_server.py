"""Serves the desktop page on the loopback address; a secret in its path keeps other programs out."""

import hmac
import json
import secrets
import sys
import threading
import time
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

from sparekey.bridge.errors import BridgeError, NotReadable
from sparekey.bridge.scan.image_file import MAX_BYTES

from .desk import Desk

_PAGE = {
    "": ("index.html", "text/html; charset=utf-8"),
    "desk.js": ("desk.js", "text/javascript; charset=utf-8"),
    "desk.css": ("desk.css", "text/css; charset=utf-8"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# seconds: how long a request for events is held, and how long without any the page counts as closed
_HELD = 10.0
_GONE = 30.0
_OTHER_FILE = "Choose a picture or PDF with the QR code: a screenshot of the sign-in page."


class DeskServer(ThreadingHTTPServer):
    """Answers one page and its calls at ``url`` until the page says good-bye or is not heard of."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk = desk
        self.secret = secrets.token_urlsafe(32)
        self.heard = time.monotonic()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that is closed leaves its calls: that is no fault to print."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @cached_property
    def host(self) -> str:
        """What a browser must have in ``Host``: a name of someone else's that leads here is refused."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The page's address, its secret included."""
        return f"http://{self.host}/{self.secret}/"

    def run(self, opened_within: float = 600.0) -> None:
        """Serves until the page is closed, or was not opened within so many seconds."""
        self.heard = time.monotonic() + opened_within - _GONE
        serving = threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True)
        serving.start()
        try:
            while time.monotonic() - self.heard < _GONE:
                serving.join(0.2)
                if not serving.is_alive():
                    break
        finally:
            self.desk.close()
            self.shutdown()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DeskServer

    def do_GET(self) -> None:
        """The page, its files, and the events so far."""
        path = self._path()
        if path is None:
            return
        if path in _PAGE:
            name, kind = _PAGE[path]
            self._reply(HTTPStatus.OK, (files(__package__) / "page" / name).read_bytes(), kind)
        elif path.startswith("events/") and path[7:].isdecimal():
            told = self.server.desk.events_from(int(path[7:]), _HELD)
            count, events = told or (0, None)
            self._reply_json(HTTPStatus.OK, {"count": count, "events": events})
        else:
            self._reply_json(HTTPStatus.NOT_FOUND, {})

    def do_POST(self) -> None:
        """What the person does; only the page itself may ask it."""
        path = self._path()
        if path is None:
            return
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Origin") != f"http://{self.server.host}" or not length.isdecimal():
            self._refuse()
            return
        if int(length) > MAX_BYTES:
            self.close_connection = True
            self._reply_json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "The picture is too large."})
            return
        body = self.rfile.read(int(length))
        if path == "scan":
            self._scan(body)
        elif path == "do":
            self._do(body)
        elif path == "close":
            self._reply_json(HTTPStatus.OK, {})
            threading.Thread(target=self.server.shutdown, daemon=True).start()
        else:
            self._reply_json(HTTPStatus.NOT_FOUND, {})

    def _scan(self, body: bytes) -> None:
        try:
            self.server.desk.scan(body)
        except BridgeError as error:
            # what a command may be told to read is not there for a page
            step = _OTHER_FILE if isinstance(error, NotReadable) else error.next_step
            self._reply_json(HTTPStatus.BAD_REQUEST, {"error": f"{error} {step}"})
        else:
            self._reply_json(HTTPStatus.OK, {})

    def _do(self, body: bytes) -> None:
        try:
            asked = json.loads(body)
            self.server.desk.do(str(asked["what"]), int(asked.get("index", 0)))
        except (ValueError, KeyError, TypeError, AttributeError):
            self._reply_json(HTTPStatus.BAD_REQUEST, {})
        else:
            self._reply_json(HTTPStatus.OK, {})

    def _path(self) -> str | None:
        """What is asked for, behind the secret; None (and refused) without it or under another name."""
        secret, _, path = self.path.removeprefix("/").partition("/")
        right = hmac.compare_digest(secret.encode(), self.server.secret.encode())
        if not right or self.headers.get("Host") != self.server.host:
            self._refuse()
            return None
        self.server.heard = time.monotonic()
        return path

    def _refuse(self) -> None:
        self.close_connection = True
        self._reply_json(HTTPStatus.FORBIDDEN, {})

    def _reply_json(self, status: HTTPStatus, told: dict[str, object]) -> None:
        self._reply(status, json.dumps(told).encode(), "application/json")

    def _reply(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the path holds the secret."""
