"""docs/server-api.md lists every error code with its status, and every call that there is."""

import re
from pathlib import Path

from sparekey.server.api import OPERATIONS
from sparekey.server.errors import CODES

_PAGE = (Path(__file__).parents[3] / "docs" / "server-api.md").read_text()


def test_every_error_code_is_listed_and_no_other() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \| (.+) \|$", _PAGE, re.MULTILINE)
    assert {code: (int(status), words) for status, code, words in rows} == CODES


def test_every_call_is_there() -> None:
    for one in OPERATIONS:
        last = [part for part in one.path.split("/") if part and not part.startswith("{")][-1]
        assert last in _PAGE, one.path


def test_every_operation_refuses_with_known_codes() -> None:
    for one in OPERATIONS:
        assert set(one.codes) <= set(CODES), one.path
