"""A wheel, built and unpacked, deploys by itself: it brings firmware and boards along."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from sparekey.deploy.source import device_source

from .drives import content, plug_in

_ROOT = Path(__file__).parents[3]


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", "-w", folder, _ROOT, cwd=folder,
    )  # fmt: skip
    (built,) = folder.glob("sparekey-*.whl")
    return built


@pytest.fixture(scope="module")
def sparekey(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``sparekey`` of a fresh environment, which has the wheel and borrows the dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    _run(
        sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index",
        "--disable-pip-version-check", wheel, cwd=folder,
    )  # fmt: skip
    site = Path(
        _run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=folder).stdout.strip()
    )
    # a plain line: the folder is searched, but its own .pth files, the editable install's too, are not
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    said = _run(python, "-c", "import sparekey; print(sparekey.__file__)", cwd=folder).stdout
    assert said.startswith(str(folder)), "the source tree must not be what is tried here"
    return folder / "bin" / "sparekey"


def test_brings_every_board_and_no_leftovers(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "sparekey_device/firmware/code.py" in names
    assert "sparekey_device/firmware/boot.py" in names
    assert "sparekey_device/firmware/safemode.py" in names
    assert "sparekey_token/core/otp.py" in names
    for toml in device_source().boards.glob("*/board.toml"):
        for file in ("board.toml", "pins.py", "README.md"):
            assert f"sparekey_device/boards/{toml.parent.name}/{file}" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests")]


def test_deploys_the_same_as_the_source_tree(sparekey: Path, tmp_path: Path) -> None:
    mine, its = plug_in(tmp_path / "mine"), plug_in(tmp_path / "its")
    arguments = ("deploy", "--board", "raspberry_pi_pico", "--wait", "0", "--json")
    _run(Path(sys.executable).with_name("sparekey"), *arguments, mine, cwd=tmp_path)
    answer = json.loads(_run(sparekey, *arguments, its, cwd=tmp_path).stdout)
    assert answer["added"]
    assert content(its) == content(mine)
    listed = json.loads(_run(sparekey, "boards", "--json", cwd=tmp_path).stdout)
    assert "raspberry_pi_pico2" in [board["board"] for board in listed]
