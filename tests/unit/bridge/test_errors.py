"""The errors: each speaks, and docs/errors.md is what the code says."""

import subprocess
import sys
from pathlib import Path

import pytest

from sparekey.bridge import errors, server_client, settings
from sparekey_token.core.errors import Refused

_ROOT = Path(__file__).resolve().parents[3]


def kinds(kind: type[errors.BridgeError]) -> list[type[errors.BridgeError]]:
    return [kind, *(below for one in kind.__subclasses__() for below in kinds(one))]


def test_the_page_is_what_the_code_says() -> None:
    command = [sys.executable, str(_ROOT / "scripts" / "errors_page.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"write it anew: {' '.join(command[:2])} {done.stderr}"


def test_names_are_told_once() -> None:
    assert server_client.WrongAddress in kinds(errors.BridgeError)
    assert settings.SettingsError in kinds(errors.BridgeError)
    names = [kind.name for kind in kinds(errors.BridgeError)]
    assert len(names) == len(set(names))


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
