"""The bridge as a process, while what should be its server is slow, silent, garbled, unknown or proxied."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.unit.bridge.server_double import ServerDouble
from tests.unit.bridge.test_commands import lines, sparekey
from tests.unit.bridge.test_server_client import NO_NAME
from tests.unit.bridge.token_double import TokenDouble

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Listens on a port and hands each connection to a function; answers the address."""
    ended = threading.Event()
    threads: list[threading.Thread] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def started(answer: Callable[[socket.socket], None]) -> str:
        def run() -> None:
            held = []
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                held.append(connection)
                try:
                    answer(connection)
                except OSError:
                    continue
            for connection in held:
                connection.close()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield started
    ended.set()
    for thread in threads:
        thread.join()
    listener.close()


def silence(connection: socket.socket) -> None:
    """Takes the connection and says nothing."""


def drip(connection: socket.socket) -> None:
    """A head that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")


def noise(connection: socket.socket) -> None:
    connection.sendall(b"\x00\xff" * 200 + b"\r\n\r\n")
    connection.close()


def sign_in_page(connection: socket.socket) -> None:
    """A network that answers for everybody."""
    page = b"<html>Welcome to our network</html>"
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page))
    connection.close()


@pytest.mark.parametrize("answer", [silence, drip, noise, sign_in_page], ids=lambda one: one.__name__)
def test_the_otp_comes_all_the_same(
    token: TokenDouble, server: ServerDouble, serve: Serve, answer: Callable[[socket.socket], None]
) -> None:
    url = f"http://{serve(answer)}"
    begin = time.monotonic()
    done = sparekey("login", server.login_text(), "--wait", "0.6", "--server-url", url, token=token)
    assert done.returncode == 0, done.stderr
    assert server._otp_login({"otp": done.stdout.strip()})[0] == 200
    assert time.monotonic() - begin < 20, "what does not answer was waited for"


def test_a_name_that_does_not_resolve_skips_the_countdown(token: TokenDouble, server: ServerDouble) -> None:
    done = sparekey("login", server.login_text(), "--json", "--server-url", f"http://{NO_NAME}", token=token)
    assert done.returncode == 0, done.stderr
    told = lines(done.stdout)
    assert [one["number"] for one in told if one["event"] == "user_error_message"] == [70]
    names = [one["event"] for one in told]
    assert names.index("user_error_message") + 1 == names.index("otp_offered"), "something was waited for"


def test_a_proxy_that_stalls(token: TokenDouble, server: ServerDouble, serve: Serve) -> None:
    proxy = f"http://{serve(silence)}"
    environment = {**os.environ, "http_proxy": proxy, "HTTP_PROXY": proxy, "no_proxy": "", "NO_PROXY": ""}
    done = sparekey(
        "login",
        server.login_text(),
        *("--wait", "0.6", "--server-url", "http://login.example"),
        token=token,
        env=environment,
    )
    assert done.returncode == 0, done.stderr


def test_no_proxy_stands_before_this_machine(
    token: TokenDouble, server: ServerDouble, url: str, serve: Serve
) -> None:
    proxy = f"http://{serve(silence)}"
    environment = {**os.environ, "http_proxy": proxy, "HTTP_PROXY": proxy, "ALL_PROXY": proxy}
    done = sparekey("login", server.login_text(), "--server-url", url, token=token, env=environment)
    assert (done.returncode, server.logged_in) == (0, "proof"), done.stderr


def test_an_enrolment_with_a_silent_server_ends_in_words(
    token: TokenDouble, server: ServerDouble, serve: Serve
) -> None:
    done = sparekey("enrol", server.enrolment_text(f"http://{serve(silence)}"), token=token)
    assert done.returncode == 4
    assert "Error 70 (unreachable): The server cannot be reached. (no answer in time)" in done.stderr
    assert token.asked[-1] == "cancel"
