"""A transaction, shown on the token and approved or declined there (docs/protocol.md §5, docs/server-api.md).

A generator without I/O, as ``enrolment``: it yields what to ask of whom and is sent the answer.
"""

from collections.abc import Generator
from enum import IntEnum
from typing import Any

from sparekey_token.core import compose
from sparekey_token.core.proof import DECLINED

from . import app_calls
from .app_calls import AppCall
from .enrolment import AskToken
from .errors import ServerGarbled, ServerRefused
from .payloads import read_transaction

_REFUSED = {
    "proof_refused": "Approve with the account that is logged in to the page, by the code that it shows.",
    "pin_needed": "Give the token a PIN: sparekey token pin. Then approve again.",
}
"""What to do next where the advice for a login would lead nowhere."""


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
    params = {"payload": compose.to_text(shown.body), "challenge": waiting["challenge"]}
    answer = yield AskToken("transaction.respond", params)
    try:
        settled = yield app_calls.settle(
            shown.transaction_id, answer["ref"], answer["flags"], answer["proof"]
        )
    except ServerRefused as refusal:
        refusal.next_step = _REFUSED.get(refusal.name, refusal.next_step)
        raise
    decided = Decision.DECLINED if answer["flags"] & DECLINED else Decision.APPROVED
    if settled["tstatus"] != decided:
        raise ServerGarbled("it has noted another answer")
    return decided
