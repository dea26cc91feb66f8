"""A transaction, shown on the token and approved or declined there (docs/protocol.md §5, docs/server-api.md).

A generator without I/O, as ``enrolment``: it yields what to ask of whom and is sent the answer.
"""

from collections.abc import Generator
from enum import IntEnum
from typing import Any

from . import app_calls
from .app_calls import AppCall
from .enrolment import AskToken
from .errors import ServerGarbled
from .payloads import read_transaction


class Decision(IntEnum):
    """What the server has noted, by its ``tstatus``."""

    APPROVED = 1
    DECLINED = 2


Steps = Generator[AskToken | AppCall, dict[str, Any], Decision]


def steps(text: str) -> Steps:
    """All of it for the QR code ``text``: the challenge, the person's presses, the proof."""
    shown = read_transaction(text)
    waiting = yield app_calls.transaction(shown.transaction_id)
    if waiting["server"] != shown.server_id:
        raise ServerGarbled("it is another server")
    params = {"payload": text, "challenge": waiting["challenge"]}
    answer = yield AskToken("transaction.respond", params)
    settled = yield app_calls.settle(shown.transaction_id, answer["ref"], answer["flags"], answer["proof"])
    try:
        return Decision(settled["tstatus"])
    except ValueError:
        raise ServerGarbled("it has noted neither a yes nor a no") from None
