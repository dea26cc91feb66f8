"""A transaction between token and server: a yes or a no reaches the server, and nothing altered does."""

import asyncio

import pytest

from sparekey.bridge import AsyncBridge, Bridge
from sparekey.bridge.enrolment import AskToken
from sparekey.bridge.errors import ServerGarbled, ServerRefused, WrongKind
from sparekey.bridge.payloads import read_enrolment, read_login, read_transaction
from sparekey.bridge.transaction import Decision, steps
from sparekey_token.core import compose

from .server_double import ServerDouble, refusal
from .test_commands import sparekey
from .test_scan import beside, code
from .token_double import TokenDouble


def test_a_yes_and_a_no_in_asyncio(token: TokenDouble, server: ServerDouble, url: str) -> None:
    waited: list[str] = []

    async def decided() -> Decision:
        async with await AsyncBridge.open(str(token.path), server_url=url) as bridge:
            return await bridge.decide(server.transaction_text(), lambda what, seconds: waited.append(what))

    assert asyncio.run(decided()) is Decision.APPROVED
    token.says_no = True
    assert asyncio.run(decided()) is Decision.DECLINED
    assert waited == ["button", "button"]


def test_an_altered_one_is_refused_with_what_to_do(
    token: TokenDouble, server: ServerDouble, url: str
) -> None:
    shown = read_transaction(server.transaction_text())
    altered = compose.transaction_body(*shown[1:5], "Eve", shown.description)
    with Bridge(str(token.path), server_url=url) as bridge, pytest.raises(ServerRefused) as refused:
        bridge.decide(compose.to_text(altered))
    assert refused.value.name == "proof_refused"
    assert "logged in to the page" in refused.value.next_step


def test_one_that_is_settled_troubles_nobody(
    token: TokenDouble, server: ServerDouble, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_transaction", lambda method, body: refusal(409, "wrong_state"))
    with Bridge(str(token.path), server_url=url) as bridge, pytest.raises(ServerRefused) as refused:
        bridge.decide(server.transaction_text())
    assert refused.value.name == "wrong_state"
    assert "transaction.respond" not in token.asked


def test_each_command_knows_the_others_code(token: TokenDouble, server: ServerDouble, url: str) -> None:
    for command, text in (
        ("login", server.transaction_text()),
        ("enrol", server.transaction_text()),
        ("approve", server.enrolment_text(url)),
    ):
        done = sparekey(command, text, token=token)
        assert done.returncode == 1
        assert "wrong_kind" in done.stderr
        assert "sparekey approve" in done.stderr
    for reader in (read_login, read_enrolment):
        with pytest.raises(WrongKind, match="approve a transaction"):
            reader(server.transaction_text())


def test_of_two_codes_the_transactions_is_taken(
    token: TokenDouble, server: ServerDouble, url: str, tmp_path: object
) -> None:
    picture = f"{tmp_path}/both.png"
    beside(code(server.login_text()), code(server.transaction_text())).save(picture)
    done = sparekey("approve", picture, "--server-url", url, token=token)
    assert (done.returncode, done.stdout) == (0, "Approved.\n"), done.stderr


def test_a_server_that_makes_no_sense_is_not_believed(server: ServerDouble) -> None:
    text = server.transaction_text()
    waiting = {"server": server.server_id, "challenge": bytes(16), "expires": 1, "verify": False}
    flow = steps(text)
    next(flow)
    with pytest.raises(ServerGarbled):
        flow.send({**waiting, "server": bytes(8)})
    for told in (0, 1, 3):
        flow = steps(text)
        next(flow)
        assert isinstance(flow.send(waiting), AskToken)
        flow.send({"ref": 1, "flags": 2, "proof": bytes(32)})
        with pytest.raises(ServerGarbled):
            flow.send({"tstatus": told})
