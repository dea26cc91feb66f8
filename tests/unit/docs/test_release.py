"""Version and day of a release are told in two places, which must agree: CHANGELOG.md and the firmware."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

from sparekey_token import RELEASED, __version__

ROOT = Path(__file__).resolve().parents[3]


def test_the_newest_dated_section_is_the_firmwares_own() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    newest = next(heading for heading in headings if re.search(r"\d{4}-\d{2}-\d{2}", heading))
    day = datetime.fromtimestamp(RELEASED, UTC)
    assert re.match(rf"{re.escape(__version__)} \({day:%Y-%m-%d}[,)]", newest), newest
    assert RELEASED % 86_400 == 0
    # what stands above it is work under way, without a version of its own
    for heading in headings[: headings.index(newest)]:
        assert heading == "Unreleased"


def test_the_release_is_not_in_the_future() -> None:
    assert time.time() > RELEASED
