"""Writes docs/errors.md from the code: every error that a person may meet, and what to do about it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from sparekey.bridge import errors, server_client, settings
from sparekey.deploy.errors import DeployError
from sparekey.server.errors import CODES
from sparekey_token.core.errors import code_of
from sparekey_token.core.sentences import SENTENCES

Kind = TypeVar("Kind", bound=Exception)
PAGE = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

_MET = (
    "bad_nonce", "unauthorized", "forbidden", "otp_not_enabled", "otp_refused", "session_locked",
    "proof_refused", "pin_needed", "no_session", "no_enrolment", "session_used", "enrolment_refused",
    "expired", "throttled", "fault", "busy",
)  # fmt: skip


def page() -> Iterator[str]:
    """The page, line by line."""
    yield "# Errors"
    yield ""
    yield "Made from the code by `scripts/errors_page.py`; a test holds it to that. Each error says what"
    yield "happened and what to do next. Programs get the number and the name (`--json`), scripts the exit"
    yield "status: 1 refused or failed, 2 wrong usage, 3 no token, 4 no server."
    yield ""
    yield "## From the token"
    yield ""
    yield "The numbers are nextAuth's where it has one ([protocol](protocol.md), §7); they never change their"
    yield "meaning."
    yield ""
    yield from _table(
        ("number", "name", "what it says", "what to do next"),
        (
            (code_of(name), f"`{name}`", words, errors.TOKEN_ADVICE.get(name, ""))
            for name, words in SENTENCES.items()
        ),
    )
    yield ""
    yield "## From the bridge"
    yield ""
    kinds = [
        kind for side in (errors.TokenError, errors.ServerError, errors.ScanError) for kind in _kinds(side)
    ]
    kinds += [server_client.WrongAddress, settings.SettingsError]
    assert len(kinds) + 3 == len(_kinds(errors.BridgeError)), "an error is missing here"
    yield from _table(
        ("name", "number", "exit", "what it says", "what to do next"),
        (
            (f"`{kind.name}`", kind.number or "", kind.exit_status, kind.sentence, kind.advice)
            for kind in kinds
            if not kind.__subclasses__() or kind is errors.ServerUnreachable
        ),
    )
    yield ""
    yield "## From the server"
    yield ""
    yield "What a bridge may be told by the server; number 70 and exit status 4 where the server is in"
    yield "trouble (500 and above), else exit status 1. The others are in the [Server API](server-api.md)."
    yield ""
    yield from _table(
        ("code", "HTTP", "what it says", "what to do next"),
        (
            (
                f"`{code}`",
                status,
                words,
                errors.SERVER_ADVICE.get(code, errors.ServerRefused.advice)
                if status < 500
                else errors.IN_TROUBLE,
            )
            for code, (status, words) in CODES.items()
            if code in _MET
        ),
    )

    yield ""
    yield "## From deploying"
    yield ""
    yield "What `sparekey deploy` may say. The words are made of what it found, and tell what to do."
    yield ""
    yield from _table(
        ("name", "exit", "what it means"),
        (
            (f"`{kind.name}`", kind.exit_status, (kind.__doc__ or "").split("\n")[0].replace("``", "`"))
            for kind in (DeployError, *_kinds(DeployError))
        ),
    )


def _kinds(kind: type[Kind]) -> list[type[Kind]]:
    found: list[type[Kind]] = []
    for below in kind.__subclasses__():
        found += [below, *_kinds(below)]
    return found


def _table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


if __name__ == "__main__":
    text = "\n".join(page()) + "\n"
    if "--check" in sys.argv[1:]:
        sys.exit(PAGE.read_text("utf-8") != text)
    PAGE.write_text(text, "utf-8")
