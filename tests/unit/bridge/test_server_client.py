"""The server client: whatever answers, it is told apart from the server."""

import asyncio
import errno
import json
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import platformdirs
import pytest

from sparekey.bridge import (
    AsyncServerClient,
    ServerClient,
    app_calls,
    errors,
    examination,
    remembered,
    server_client,
    settings,
)
from sparekey.bridge.server_client import WrongAddress, checked_address, client_options, is_loopback
from sparekey.bridge.web_application import WebApplication

from .server_double import ServerDouble

URL = "https://login.example"
NO_NAME = "a." * 130 + "invalid"
"""Longer than a name can be (RFC 1035 §2.3.4): known not to resolve without a network."""


def client(handler: Callable[[httpx.Request], httpx.Response]) -> ServerClient:
    return ServerClient(URL, httpx.MockTransport(handler))


def answering(status: int, **content: object) -> ServerClient:
    return client(lambda request: httpx.Response(status, **content))  # type: ignore[arg-type]


def test_a_session_is_fetched(server: ServerDouble) -> None:
    with ServerClient(URL, server.transport()) as asking:
        answer = asking.ask(app_calls.session(server.session_id))
    assert answer["server"] == server.server_id
    assert len(answer["challenge"]) == 16


def test_a_session_is_fetched_by_asyncio_too(server: ServerDouble) -> None:
    async def fetch() -> dict[str, object]:
        asking = AsyncServerClient(URL, server.transport())
        try:
            return await asking.ask(app_calls.session(server.session_id))
        finally:
            await asking.close()

    assert asyncio.run(fetch())["server"] == server.server_id


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, {"content": b"<html>Sign in to our network</html>"}),
        (200, {"json": [1]}),
        (200, {"json": {"server": "00"}}),
        (200, {"json": {"server": "00" * 8, "name": 1, "hint": "", "expires": 0}}),
        (302, {"content": b"", "headers": {"Location": "https://elsewhere.example"}}),
        (404, {"content": b"Not Found"}),
        (404, {"json": {"detail": "Not Found"}}),
        (500, {"content": b"\xff\xfe"}),
        (200, {"content": b"[" * 60000}),
        (200, {"content": b" " * 70000}),
        (200, {"content": b"not gzip", "headers": {"Content-Encoding": "gzip"}}),
    ],
)
def test_what_is_not_the_server_counts_as_out_of_reach(status: int, content: dict[str, object]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        made = dict(content)
        if "headers" in made and made["content"]:
            return httpx.Response(status, stream=httpx.ByteStream(b"not gzip"), headers=made["headers"])  # type: ignore[arg-type]
        return httpx.Response(status, **made)  # type: ignore[arg-type]

    with client(handler) as asking, pytest.raises(errors.ServerGarbled) as caught:
        asking.ask(app_calls.session(b"\0" * 16))
    assert caught.value.number == 70
    assert not caught.value.certain


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_in_trouble_is_tried_again_later(status: int) -> None:
    asking = answering(status, json={"error": {"code": "overloaded", "message": "Later."}})
    with asking, pytest.raises(errors.ServerUnreachable, match="Later"):
        asking.ask(app_calls.session(b"\0" * 16))


def test_a_refusal_has_the_servers_own_code() -> None:
    asking = answering(404, json={"error": {"code": "no_such_session", "message": "Unknown."}})
    with asking, pytest.raises(errors.ServerRefused) as caught:
        asking.ask(app_calls.session(b"\0" * 16))
    assert (caught.value.name, caught.value.status, caught.value.exit_status) == ("no_such_session", 404, 1)


@pytest.mark.parametrize(
    ("fault", "certain"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), True),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), False),
    ],
)
def test_a_certain_lack_of_network_is_told_apart(fault: OSError, certain: bool) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("failed") from fault

    with client(fail) as asking, pytest.raises(errors.ServerUnreachable) as caught:
        asking.ask(app_calls.session(b"\0" * 16))
    assert caught.value.certain is certain
    assert (caught.value.number, caught.value.exit_status) == (70, 4)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed"), "certificate can't be trusted"),
        (ssl.SSLError(1, "wrong version number"), "no secure connection"),
    ],
)
def test_tls_that_comes_to_nothing_is_told_apart(fault: OSError, words: str) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        try:
            raise fault
        except OSError as cause:
            raise httpx.ConnectError("no") from cause

    with pytest.raises(errors.ServerGarbled, match=words):
        client(handler).ask(app_calls.session(b"\0" * 16))


LONG = b'{"loggedin": true, "otplogin": true, "userid": "%b"}' % (b"a" * 70000)


@pytest.mark.parametrize("content", [LONG, b"[" * 60000, b"[]", b"\xff"])
def test_a_web_application_takes_no_answer_of_any_length(content: bytes) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=content))
    with (
        WebApplication(URL, b"\1" * 8, "key", "nonce", transport) as application,
        pytest.raises(errors.ServerGarbled),
    ):
        application.otp_login("2XPP7Q R5BDD0")


def test_an_answer_whose_head_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def dripping(request: httpx.Request) -> httpx.Response:
        ended.wait()
        return httpx.Response(200)

    async def dripping_too(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    monkeypatch.setattr(server_client, "LONGEST", 0.01)
    call = app_calls.session(bytes(16))
    with pytest.raises(errors.ServerUnreachable, match="too long"):
        client(dripping).ask(call)
    ended.set()
    asking = AsyncServerClient(URL, httpx.MockTransport(dripping_too))
    with pytest.raises(errors.ServerUnreachable, match="too long"):
        asyncio.run(asking.ask(call))


def test_a_name_that_does_not_resolve_is_certain() -> None:
    with ServerClient(f"http://{NO_NAME}") as asking, pytest.raises(errors.ServerUnreachable) as caught:
        asking.ask(app_calls.session(b"\0" * 16))
    assert caught.value.certain


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x", "login.example", "http://", "https://u:p@x", "https://:p@x", "http://[::1", "http://x?y=1",
        "http://x/\n", "http://\u2028",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(WrongAddress):
        checked_address(url)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(WrongAddress) as caught:
        checked_address("https://:hunter2@login.example")
    assert "hunter2" not in str(caught.value)
    assert checked_address("https://login.example/@tenant/") == "https://login.example/@tenant"


@pytest.mark.parametrize("host", ["a..b", "a" * 70 + ".example", "xn--"])
def test_a_name_that_can_be_none_is_certainly_away(host: str) -> None:
    for asking in (ServerClient(f"http://{host}"), AsyncServerClient(f"http://{host}")):
        with pytest.raises(errors.ServerUnreachable) as caught:
            answer = asking.ask(app_calls.session(bytes(16)))
            asyncio.run(answer)  # type: ignore[arg-type]
        assert caught.value.certain


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "socks9://127.0.0.1:1"), ("HTTPS_PROXY", "http://[::1"), ("SSL_CERT_FILE", "/nowhere")],
)
def test_settings_that_no_client_can_be_made_with_are_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(errors.ServerUnreachable, match="settings for HTTP") as caught:
        ServerClient(URL).ask(app_calls.session(bytes(16)))
    assert name in caught.value.next_step


@pytest.mark.parametrize("told", [{"unix": 10**400}, {"format": "x" * 1024}, {"format": "\ud800"}])
def test_an_answer_that_no_line_to_the_token_carries_is_refused(told: dict[str, object]) -> None:
    good = {"ref": 1, "format": "crock32-30", "unix": 1, "proof": "00" * 32}
    call = app_calls.AppCall("reveal", "/", {}, app_calls._REVEAL)
    assert app_calls.read_answer(call, 200, json.dumps(good).encode())["unix"] == 1
    with pytest.raises(errors.ServerGarbled):
        app_calls.read_answer(call, 200, json.dumps({**good, **told}).encode())


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("https://login.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_proxies_are_ignored_for_this_machine(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
    assert client_options(url)["trust_env"] is not loopback


def test_nothing_secret_in_what_is_shown() -> None:
    call = app_calls.login(b"\1" * 16, 7, 0, b"\2" * 32)
    assert "0202" not in repr(call)


def _remember_many(first: int) -> None:
    for number in range(40):
        remembered.remember(bytes((first, number)) + bytes(6), "https://a.example")


def test_enrolments_at_once_forget_no_address(settings_place: object) -> None:
    # a lock of flock's is an open file's, not a process's: threads do as well
    at_once = [threading.Thread(target=_remember_many, args=(first,)) for first in range(3)]
    for one in at_once:
        one.start()
    for one in at_once:
        one.join()
    assert len(remembered.server_urls()) == 120


def test_addresses_that_cannot_be_read_are_not_written_over(settings_place: Path) -> None:
    settings_place.mkdir(parents=True)
    file = settings_place / "servers.json"
    file.symlink_to(file)
    with pytest.raises(OSError, match="symbolic links"):
        remembered.remember(b"\1" * 8, "https://a.example")
    assert file.is_symlink()
    assert remembered.server_urls() == {}


def test_a_user_without_a_home_has_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def user_config_path(*names: str, **options: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(platformdirs, "user_config_path", user_config_path)
    assert settings.read() == {}
    assert remembered.server_url(b"\1" * 8) is None
    with pytest.raises(OSError, match="set HOME"):
        remembered.remember(b"\1" * 8, "https://a.example")
    found = next(examination.examine("/dev/none"))
    assert (found.subject, found.well, "set HOME" in found.mend) == ("settings", False, True)


def test_a_damaged_file_of_addresses_is_like_none(settings_place: object) -> None:
    place = remembered.folder()
    place.mkdir(parents=True)
    (place / "servers.json").write_text("[1")
    assert remembered.server_url(b"\1" * 8) is None
    remembered.remember(b"\1" * 8, "https://a.example")
    remembered.remember(b"\2" * 8, "https://b.example")
    assert remembered.server_url(b"\1" * 8) == "https://a.example"
    assert [file.name for file in place.iterdir()] == ["servers.json"]
