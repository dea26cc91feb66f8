"""The errors: each speaks, and docs/errors.md is what the code says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest

from sparekey.bridge import errors, server_client, settings
from sparekey.bridge.app_calls import refusal
from sparekey.deploy.errors import DeployError
from sparekey.server.errors import CODES
from sparekey_token.core.errors import Refused
from sparekey_token.core.sentences import SENTENCES

Kind = TypeVar("Kind", bound=Exception)
_ROOT = Path(__file__).resolve().parents[3]


def kinds(kind: type[Kind]) -> list[type[Kind]]:
    return [kind, *(below for one in kind.__subclasses__() for below in kinds(one))]


def test_the_page_is_what_the_code_says() -> None:
    command = [sys.executable, str(_ROOT / "scripts" / "errors_page.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"write it anew: {' '.join(command[:2])} {done.stderr}"


def test_names_are_told_once() -> None:
    assert server_client.WrongAddress in kinds(errors.BridgeError)
    assert settings.SettingsError in kinds(errors.BridgeError)
    names = [kind.name for kind in (*kinds(errors.BridgeError), *kinds(DeployError))]
    assert len(names) == len(set(names))


def test_the_page_has_deploying_s_errors_too() -> None:
    page = (_ROOT / "docs" / "errors.md").read_text("utf-8")
    for kind in kinds(DeployError):
        assert f"| `{kind.name}` | {kind.exit_status} | " in page


@pytest.mark.parametrize("kind", kinds(errors.BridgeError), ids=lambda kind: kind.__name__)
def test_each_error_has_a_sentence_and_an_exit_status(kind: type[errors.BridgeError]) -> None:
    assert kind.sentence.endswith(".")
    assert kind.exit_status in (1, 2, 3, 4)
    if not kind.__subclasses__() and kind is not errors.TokenRefused:
        assert kind.advice


def test_a_broken_payload_keeps_nextauths_number() -> None:
    error = errors.PayloadRefused(Refused("unknown_kind", "kind 9"))
    assert (error.number, error.name) == (33, "unknown_kind")
    assert "kind 9" in str(error)


def told() -> list[errors.BridgeError]:
    """Whatever a person may be told, with what is advised beside it."""
    refusals = [Refused(name, "why") for name in ("bad_payload", "unknown_kind")]
    return [
        *(errors.PayloadRefused(refused) for refused in refusals),
        *(errors.TokenRefused(1, name) for name in SENTENCES),
        *(errors.ServerRefused(status, code, words) for code, (status, words) in CODES.items()),
        errors.ServerUnreachable(),
        errors.ServerGarbled(),
    ]


@pytest.mark.parametrize("error", told(), ids=lambda error: error.name)
def test_no_advice_is_in_the_message_and_beside_it(error: errors.BridgeError) -> None:
    plain = str(error).lower()
    for advice in error.next_step.split(". "):
        assert not advice or advice.lower().rstrip(".") not in plain


@pytest.mark.parametrize("code", ["session_locked", "session_used", "expired", "throttled", "busy"])
def test_the_server_says_what_happened_and_the_bridge_what_to_do(code: str) -> None:
    status, words = CODES[code]
    error = refusal(status, {"error": {"code": code, "message": words}})
    assert not re.search(r"\b(get|wait|try)\b", str(error), re.IGNORECASE)
    assert error.next_step


def test_a_lock_without_a_pin_tells_how_to_set_one() -> None:
    assert "sparekey token pin" in errors.TokenRefused(53, "declined", "no PIN is set").next_step
    assert not errors.TokenRefused(53, "declined").next_step


def test_a_broken_payload_has_its_advice_once() -> None:
    error = errors.PayloadRefused(Refused("bad_payload", "it is cut"))
    assert str(error) == "The QR code can't be read. (it is cut)"
    assert error.next_step == "Show a new one and scan again."


def test_a_locked_token_s_advice_goes_on_from_its_message() -> None:
    error = errors.TokenRefused(54, "locked")
    assert "type its PIN" in str(error)
    assert "PIN" not in error.next_step
    assert "OK or NEXT" in error.next_step
