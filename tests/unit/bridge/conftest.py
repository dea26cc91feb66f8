"""A token double on a pty, a server double over real HTTP, and an empty place for settings."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .server_double import ServerDouble
from .token_double import TokenDouble

_PROXIES = [
    one for name in ("http", "https", "all", "no") for one in (f"{name}_proxy", f"{name}_PROXY".upper())
]


@pytest.fixture(autouse=True)
def settings_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where settings go in a test."""
    place = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place))
    # what whoever runs the tests has set for himself
    for name in ("SPAREKEY_PORT", "SPAREKEY_SERVER_URL", "WAYLAND_DISPLAY", *_PROXIES):
        monkeypatch.delenv(name, raising=False)
    return place / "sparekey"


@pytest.fixture
def server() -> ServerDouble:
    """A server without accounts."""
    return ServerDouble()


@pytest.fixture
def token(tmp_path: Path, server: ServerDouble) -> Iterator[TokenDouble]:
    """A token with one account of the server, that somebody presses OK on."""
    with TokenDouble(tmp_path / "ttyTOKEN", server.account("ada", 4711)) as double:
        yield double


@pytest.fixture
def url(server: ServerDouble) -> Iterator[str]:
    """The server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["Content-Length"])))

        def _reply(self, content: bytes) -> None:
            import json

            status, told = server.answer(self.command, self.path, content)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()
