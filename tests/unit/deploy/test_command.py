"""``sparekey boards`` and ``sparekey deploy`` as a person or a script calls them."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sparekey.cli.boards import boards
from sparekey.cli.deploy import deploy
from sparekey.deploy import drives, installing, source
from sparekey_token import __version__

from .drives import content, plug_in

_PICO = "raspberry_pi_pico"


def _deploy(*arguments: str | Path) -> Result:
    return CliRunner().invoke(deploy, [*map(str, arguments)])


def test_boards_lists_every_folder_with_its_parts() -> None:
    done = CliRunner().invoke(boards, ["--json"])
    assert done.exit_code == 0
    found = {board["board"]: board for board in json.loads(done.stdout)}
    assert found[_PICO]["rtc"] == "ds3231"
    assert found[_PICO]["buttons"] == {"ok": "GP15", "next": "GP14", "back": "GP13"}
    assert found["virtual"]["deployable"] is False
    assert _PICO in CliRunner().invoke(boards).stdout


def test_deploys_whole_then_nothing(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    done = _deploy("--board", _PICO, drive, "--wait", "0", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["firmware"] == __version__
    assert "code.py" in answer["replaced"]
    assert "lib/adafruit_ds3231.py" in answer["added"]
    found = content(drive)
    assert found["pins.py"] == (source.device_source().boards / _PICO / "pins.py").read_bytes()
    assert not [path for path in found if "adafruit_bus_device" in path or "test" in path or ".new" in path]
    again = _deploy("--board", _PICO, drive, "--wait", "0", "--json")
    assert json.loads(again.stdout)["replaced"] == []
    assert "nothing to write" in again.stderr


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    before = content(drive)
    done = _deploy("--board", _PICO, drive, "--dry-run")
    assert done.exit_code == 0
    assert "+ sparekey_token/__init__.py" in done.stderr
    assert content(drive) == before


def test_wrong_board_is_refused_and_the_drive_left(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY", board="raspberry_pi_pico2")
    before = content(drive)
    done = _deploy("--board", _PICO, drive)
    assert done.exit_code == 1
    assert "name the right board" in done.stderr
    assert content(drive) == before


def test_wrong_usage_is_2() -> None:
    assert _deploy("--board", "toaster").exit_code == 2
    assert "There are:" in _deploy("--board", "toaster").stderr
    assert _deploy().exit_code == 2
    assert _deploy("--board", _PICO, "/no/such/drive").exit_code == 2


def test_no_drive_is_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "candidates", lambda: iter(()))
    monkeypatch.setattr(drives, "unmounted_device", lambda: None)
    done = _deploy("--board", _PICO)
    assert done.exit_code == 3
    assert "No CIRCUITPY drive" in done.stderr


def test_a_token_that_keeps_silent_is_3(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    done = _deploy("--board", _PICO, drive, "--wait", "0.1", "--port", str(tmp_path / "no-port"))
    assert done.exit_code == 3
    assert "didn't say hello" in done.stderr


def test_a_program_is_told_what_went_wrong(tmp_path: Path) -> None:
    done = _deploy("--board", _PICO, tmp_path, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["name"] == "drive_error"


def test_interrupted_is_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(installing, "install", interrupt)
    done = _deploy("--board", _PICO, plug_in(tmp_path / "CIRCUITPY"))
    assert done.exit_code == 130
    assert "still starts" in done.stderr


def test_virtual_board_has_no_drive(tmp_path: Path) -> None:
    done = _deploy("--board", "virtual", plug_in(tmp_path / "CIRCUITPY"))
    assert done.exit_code == 1
    assert "sparekey token virtual" in done.stderr


@pytest.mark.parametrize(("line", "words"), [("RTC =", "no clock chip"), ("OLED_ADDRESS =", "no OLED")])
def test_a_board_without_clock_or_oled_is_refused_in_words(
    line: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = source.device_source()
    shutil.copytree(known.boards / _PICO, tmp_path / "boards" / _PICO)
    pins = tmp_path / "boards" / _PICO / "pins.py"
    pins.write_text("\n".join(row for row in pins.read_text().splitlines() if not row.startswith(line)))
    monkeypatch.setattr(
        source,
        "device_source",
        lambda: source.DeviceSource(known.firmware, known.package, tmp_path / "boards"),
    )
    done = _deploy("--board", _PICO, plug_in(tmp_path / "CIRCUITPY"))
    assert done.exit_code == 1
    assert words in done.stderr


def test_a_bundle_is_what_goes_onto_the_drive(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    own = set(content(drive))
    _deploy("--board", _PICO, drive, "--wait", "0")
    done = _deploy("--board", _PICO, "--bundle", tmp_path / "a.zip", "--json")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    written = content(drive)
    assert packed == {path: written[path] for path in written if path not in own or path == "code.py"}
    assert list(packed)[-1] == "code.py"
    _deploy("--board", _PICO, "--bundle", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("file", ["none/a.zip", "full"])
def test_a_bundle_that_cannot_be_written_is_told(tmp_path: Path, file: str) -> None:
    (tmp_path / "none").touch()
    (tmp_path / "full").symlink_to("/dev/full")
    done = _deploy("--board", _PICO, "--bundle", tmp_path / file, "--json")
    assert done.exit_code == 1
    assert "can't be written" in json.loads(done.stdout)["error"]["message"]


def test_no_word_of_a_drive_steers_the_terminal(tmp_path: Path) -> None:
    for board in (_PICO, "\x1b]0;other\x07"):
        drive = plug_in(tmp_path / board[-5:].strip("\x07"), board, version="10.3.\x1b]0;yours\x07")
        (drive / "sparekey_token").mkdir()
        (drive / "sparekey_token" / "\x1b[2J.py").touch()
        done = _deploy("--board", _PICO, drive, "--dry-run")
        assert "10.3." in done.stderr or "another board's" in done.stderr
        assert "\x1b" not in done.output


def test_two_deployments_at_once_are_one(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    before = content(drive)
    with installing.alone_on(drive):
        done = _deploy("--board", _PICO, drive, "--wait", "0")
    assert (done.exit_code, "Another deployment" in done.stderr) == (1, True)
    assert content(drive) == before
    assert _deploy("--board", _PICO, drive, "--wait", "0").exit_code == 0
