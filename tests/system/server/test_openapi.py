"""The running server keeps to its own OpenAPI document: no 5xx, no undocumented status, no schema breach."""

import os
import re
import secrets
from collections.abc import Callable

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sparekey.server.api import OPERATIONS

from .running_server import RunningServer

_EXAMPLES = int(os.environ.get("SPAREKEY_SCHEMA_EXAMPLES", "12"))
_KNOWN = {"serverid": "", "accountid": 0, "userid": "ada", "key": "k", "tid": "00" * 16, "hsid": "00" * 16}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A server with something in it, and its document."""
    server = RunningServer(tmp_path_factory.mktemp("openapi") / "data")
    key = (server.data / "apikey").read_text().strip()
    with httpx.Client(base_url=server.url, headers={"X-apikey": key}, timeout=60) as http:
        made = http.post("/servers/", json={"serverName": "Schema"}).raise_for_status().json()
        path = f"/servers/{made['serverid']}/users/ada/attributes/"
        http.post(path, json={"k": 1}).raise_for_status()
    schema = schemathesis.openapi.from_url(server.url + "/openapi.json")
    yield server, schema, key, made["serverid"]
    server.close()


def test_the_document_says_where_each_call_is(served) -> None:  # type: ignore[no-untyped-def]
    _, schema, _, _ = served
    listed = {(one.method, one.path) for one in OPERATIONS}
    assert len(listed) == len(OPERATIONS)
    paths = schema.raw_schema["paths"]
    assert {(method.upper(), path) for path in paths for method in paths[path]} == listed


@pytest.mark.parametrize("name", [one.name for one in OPERATIONS])
def test_the_call_keeps_to_the_document(served, name: str) -> None:  # type: ignore[no-untyped-def]
    server, schema, key, serverid = served
    (operation,) = [
        found.ok()
        for found in schema.get_all_operations()
        if found.ok().definition.raw.get("operationId") == name
    ]
    nonce = secrets.token_urlsafe(32)
    checks = schemathesis.checks.CHECKS.get_by_names(
        [
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
        ]
    )

    @settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(), st.booleans())
    def holds(case, known) -> None:  # type: ignore[no-untyped-def]
        if known:
            for parameter, value in {**_KNOWN, "serverid": serverid}.items():
                if parameter in (case.path_parameters or {}):
                    case.path_parameters[parameter] = value
        headers = {"X-apikey": key}
        if known:
            headers["X-nonce"] = nonce
            case.headers.pop("X-su", None)
        case.call_and_validate(base_url=server.url, headers=headers, checks=checks, timeout=60)

    holds()


def test_without_a_key_nothing_is_told(served) -> None:  # type: ignore[no-untyped-def]
    server, _, _, serverid = served
    with httpx.Client(base_url=server.url, timeout=60) as http:
        for one in OPERATIONS:
            if one.permissions:
                path = one.path.format(**{**_KNOWN, "serverid": serverid})
                reply = http.request(one.method, path, headers={"X-nonce": secrets.token_urlsafe(32)})
                assert (reply.status_code, reply.json()["error"]["code"]) == (401, "unauthorized")


def test_docs_load_nothing_from_elsewhere(run_server: Callable[..., RunningServer]) -> None:
    server = run_server()
    with httpx.Client(base_url=server.url, timeout=60) as http:
        page = http.get("/docs")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        for path in ("/docs", "/docs/docs.js", "/docs/docs.css"):
            text = http.get(path).raise_for_status().text
            assert "http:" not in text
            assert "https:" not in text
            assert "//" not in re.sub(r"^// .*$", "", text, flags=re.MULTILINE)  # a comment loads nothing
