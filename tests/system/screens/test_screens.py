"""Every screen has an accepted picture in docs/screens/, and looks as it does there.

Where one differs, both are written side by side into ``build/screens/``; who has looked at them accepts
all with ``make screens``.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from sparekey_token.core.sentences import SENTENCES

_ROOT = Path(__file__).resolve().parents[3]
_ACCEPTED = _ROOT / "docs" / "screens"
_BESIDE = _ROOT / "build" / "screens"
_FLOWS = _ROOT / "firmware" / "sparekey_token"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """The screens as this firmware draws them, by name."""
    folder = tmp_path_factory.mktemp("screens")
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.screens.scenes", str(folder)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return {file.name.removesuffix(".png"): Image.open(file) for file in folder.glob("*.png")}


def test_every_screen_looks_as_accepted(
    drawn: dict[str, Image.Image], request: pytest.FixtureRequest
) -> None:
    accepted = {file.name.removesuffix(".png"): Image.open(file) for file in _ACCEPTED.glob("*.png")}
    changed = sorted(name for name in drawn if name not in accepted or _differ(drawn[name], accepted[name]))
    gone = sorted(set(accepted) - set(drawn))
    if request.config.getoption("--accept-screens", default=False):
        for name in changed:
            drawn[name].save(_ACCEPTED / f"{name}.png", optimize=True)
        for name in gone:
            (_ACCEPTED / f"{name}.png").unlink()
        return
    for name in changed:
        _write_beside(name, accepted.get(name), drawn[name])
    assert not changed, f"changed: {changed}; look at {_BESIDE}, then accept with: make screens"
    assert not gone, f"no longer shown: {gone}; accept with: make screens"


def test_no_screen_of_the_firmware_is_without_a_picture(drawn: dict[str, Image.Image]) -> None:
    named = {f"error.{name}" for name in SENTENCES if name != "unreachable"}
    # busy is said to the host alone, and of an unset clock the idle screen speaks
    named -= {"error.busy", "error.clock_unset"}
    for file in _FLOWS.rglob("*.py"):
        source = file.read_text("utf-8")
        named |= set(re.findall(r'(?:page|View|choose)\(\s*(?:token,\s*)?"([a-z_.]+)"', source))
        named |= set(re.findall(r'(?:_look|typed)\(\s*token,\s*"([a-z_.]+)"', source))
    assert {name for name in named if not name.endswith(".")} - set(drawn) == set()


def test_every_screen_shows_something(drawn: dict[str, Image.Image]) -> None:
    for name, picture in drawn.items():
        assert picture.size == (128, 64), name
        assert picture.getbbox() is not None, name


def _differ(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.logical_xor(one.convert("1"), other.convert("1")).getbbox() is not None


def _write_beside(name: str, before: Image.Image | None, now: Image.Image) -> None:
    """Accepted, now, and what differs, four times as large."""
    _BESIDE.mkdir(parents=True, exist_ok=True)
    before = (before or Image.new("1", now.size)).convert("1")
    three = Image.new("1", (3 * 132 - 4, 64), 1)
    pictures = (before, now.convert("1"), ImageChops.logical_xor(before, now.convert("1")))
    for place, picture in enumerate(pictures):
        three.paste(picture, (132 * place, 0))
    three.resize((three.width * 4, three.height * 4)).save(_BESIDE / f"{name}.png")
