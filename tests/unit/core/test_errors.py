"""The token's refusals: each has a number, a name and a sentence."""

import re
from pathlib import Path

import pytest

from sparekey_token.core.errors import Refused, code_of
from sparekey_token.core.sentences import SENTENCES, sentence

PROTOCOL = Path(__file__).parents[3] / "docs" / "protocol.md"


def test_the_numbers_and_names_are_the_protocols() -> None:
    table = re.findall(r"^\| (\d\d) \| `([a-z_]+)` \|", PROTOCOL.read_text("utf-8"), re.MULTILINE)
    # the bridge's own has a number there, and no name on the line
    written = {name: int(code) for code, name in table} | {"unreachable": 70}
    assert written == {name: code_of(name) for name in SENTENCES}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_refusal_knows_its_number_and_a_sentence(name: str) -> None:
    assert Refused(name).code == code_of(name)
    assert sentence(name).endswith(".") or sentence(name).endswith("?")


@pytest.mark.parametrize("name", ["", "unheard_of", "bad", "payload", "fault 70", "32:bad_payload", " "])
def test_no_other_name_has_one(name: str) -> None:
    with pytest.raises(ValueError, match="no error is called"):
        Refused(name)
    with pytest.raises(ValueError, match="no error is called"):
        sentence(name)
