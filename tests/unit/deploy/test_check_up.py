"""What ``sparekey doctor`` asks of boards and drives."""

import shutil
from pathlib import Path

import pytest

from sparekey.deploy import check_up, installing, libraries
from sparekey.deploy.board import load_board
from sparekey.deploy.image import build
from sparekey.deploy.source import DeviceSource, device_source

from .drives import plug_in


@pytest.fixture(autouse=True)
def pico_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeviceSource:
    known = device_source()
    shutil.copytree(known.boards / "raspberry_pi_pico", tmp_path / "boards" / "raspberry_pi_pico")
    source = DeviceSource(known.firmware, known.package, tmp_path / "boards")
    monkeypatch.setattr(check_up, "device_source", lambda: source)
    return source


def _found(*places: Path) -> dict[str, check_up.Finding]:
    return {finding.subject: finding for finding in check_up.check_up(places)}


def test_all_well_without_a_drive() -> None:
    found = _found()
    assert set(found) == {"libraries", "boards"}
    assert all(finding.well for finding in found.values())


def test_a_board_without_a_clock_is_refused_in_words(pico_alone: DeviceSource) -> None:
    pins = pico_alone.boards / "raspberry_pi_pico" / "pins.py"
    pins.write_text(pins.read_text("utf-8").replace('RTC = "ds3231"', "RTC = None"), "utf-8")
    found = _found()
    assert "wire a DS3231" in found["board raspberry_pi_pico"].words
    assert not found["boards"].well


def test_a_broken_folder_doesnt_hide_the_rest(pico_alone: DeviceSource) -> None:
    (pico_alone.boards / "broken").mkdir()
    (pico_alone.boards / "broken" / "board.toml").write_text("name = 1\n")
    found = _found()
    assert "name is missing or not a text" in found["board broken"].words
    assert found["boards"].well


def test_a_drive_is_compared_with_the_firmware_here(tmp_path: Path, pico_alone: DeviceSource) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    subject = f"drive {drive.resolve()}"
    assert f"sparekey deploy --board raspberry_pi_pico {drive.resolve()}" in _found(drive)[subject].words
    image = build(load_board(pico_alone.boards / "raspberry_pi_pico"), pico_alone)
    installing.install(installing.prepare(drive, image))
    assert _found(drive, tmp_path)[subject].well


@pytest.mark.parametrize(
    ("board", "version", "words"),
    [("toaster", "10.3.1", r"docs/port\.md"), ("raspberry_pi_pico", "9.2.8", "needs 10")],
)
def test_a_drive_that_doesnt_suit_is_told(tmp_path: Path, board: str, version: str, words: str) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY", board=board, version=version)
    finding = _found(drive)[f"drive {drive.resolve()}"]
    assert not finding.well
    assert words.replace("\\", "") in finding.words


def test_missing_libraries_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "pinned", lambda: {"adafruit-circuitpython-nothing": "1.0"})
    found = _found()["libraries"]
    assert "pip install" in found.words
    assert found.well, "who only logs in needs none"
