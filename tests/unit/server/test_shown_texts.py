"""Texts that are shown to people: on the token, in a terminal, in a path."""

import re

import pytest

from sparekey.cli.server_store import show
from sparekey_token.core import payload
from tests.simulated_account import SimulatedAccount

from .harness import Harness, code, fresh_nonce

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("userid", ["a/b", "a\nb", "a\x00b", " a", "a\u202eb"])
@pytest.mark.parametrize("call", ["qr", "html"])
async def test_an_enrolment_is_for_a_user_id_that_later_calls_can_name(
    harness: Harness, call: str, userid: str
) -> None:
    asked = {"userid": userid, "name": "ada"}
    refused = await harness.call("GET", f"sessions/{call}/enrol", fresh_nonce(), params=asked)
    assert code(refused) == (403, "invalid_name")


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\u202eb", "\x1b[2J"])
async def test_an_account_s_name_is_what_a_token_can_show(harness: Harness, name: str) -> None:
    asked = {"userid": "ada", "name": name}
    refused = await harness.call("GET", "sessions/qr/enrol", fresh_nonce(), params=asked)
    assert code(refused) == (400, "bad_request")


async def test_a_token_s_description_of_itself_is_one_printable_line(harness: Harness) -> None:
    class Hostile(SimulatedAccount):
        description = "\x1b[2J\u202eroot\nx"

    account, nonce = Hostile(), fresh_nonce()
    shown = await harness.call("GET", "sessions/qr/enrol", nonce, params={"userid": "ada", "name": "ada"})
    await account.enrol(harness.http, shown.text)
    told = await harness.call(
        "POST", "sessions/enrolment/confirm", nonce, json={"checkcode": account.check_code}
    )
    assert told.json()["description"] == "[2J root x"


def test_a_table_in_the_terminal_has_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"id": 1, "description": "\x1b]0;owned\x07\u202e", "flags": ["A\nB"]}], False)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", capsys.readouterr().out)
    show([{"description": "\x1b"}], True)  # JSON spells them
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"serverFlags": ["ENABLE_OTP\n"]}),
        ("", {"siteurl": "https://a\x1b"}),
        ("", {"owner": "shop\u202e"}),
    ],
)
async def test_a_server_s_texts_are_printable(harness: Harness, path: str, body: dict[str, object]) -> None:
    assert code(await harness.call("PUT", path, json=body)) == (400, "bad_request")


async def test_a_role_and_a_key_have_printable_names(harness: Harness) -> None:
    role = {"description": "x", "role": "shop\n", "permissions": ["sessions"]}
    assert code(await harness.http.post("/apikeys/", json=role)) == (400, "bad_request")
    described = {"description": "\x1b[2J"}
    assert code(await harness.http.post("/apikeys/", json=described)) == (400, "bad_request")


async def test_a_long_user_id_is_cut_to_what_a_token_shows(harness: Harness) -> None:
    for userid, name in (("é" * 20, "é" * 12), ("a" * 30, "a" * 24), ("日" * 64, "日" * 8)):
        shown = await harness.call("GET", "sessions/qr/enrol", fresh_nonce(), params={"userid": userid})
        read = payload.read(shown.raise_for_status().text)
        assert isinstance(read, payload.Enrolment)
        assert read.account_name == name
