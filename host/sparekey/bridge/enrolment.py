"""Enrolment, carried between token and server (docs/protocol.md §6): the bridge learns no key.

A generator without I/O: it yields what to ask of whom and is sent the answer.
"""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from sparekey_token.core import compose

from . import app_calls
from .app_calls import AppCall
from .errors import BridgeError, TokenError
from .payloads import read_enrolment

# an X25519 ladder on a small chip takes its time
_COUNTING = 60.0
# what needs no counting is answered in less than this
_AT_ONCE = 3.0


@dataclass(frozen=True)
class AskToken:
    """A method to call on the token."""

    method: str
    params: dict[str, object]
    patience: float = _COUNTING


@dataclass(frozen=True)
class Enrolled:
    """An account that token and server now share; ``index`` is its place on the token.

    ``remembered``: the server's address could be kept for logins.
    """

    index: int
    server: str
    account: str
    server_id: bytes
    url: str
    remembered: bool = True


Steps = Generator[AskToken | AppCall, dict[str, Any], Enrolled]


def steps(text: str, url: str, description: str) -> Steps:
    """All of §6 for the payload ``text``; ``description`` is what the server calls this token.

    An error of either end is thrown in; the token is then told to give up.
    """
    shown = read_enrolment(text)
    try:
        committed = yield AskToken("enrol.begin", {"payload": compose.to_text(shown.body)})
        answer = yield app_calls.commit(shown.enrolment_id, committed["commitment"])
        revealed = yield AskToken("enrol.reveal", {"server_nonce": answer["server_nonce"]})
        told = yield app_calls.reveal(shown.enrolment_id, revealed, description)
        finished = yield AskToken(
            "enrol.finish", {name: told[name] for name in ("ref", "format", "unix", "proof")}
        )
    except (BridgeError, KeyboardInterrupt) as fault:
        # the token's screen must not go on asking for what can't happen any more; whether it hears that or
        # not, what went wrong is ``fault``
        with contextlib.suppress(TokenError):
            yield AskToken("cancel", {}, _AT_ONCE)
        raise fault
    return Enrolled(finished["index"], shown.server_name, shown.account_name, shown.server_id, url)
