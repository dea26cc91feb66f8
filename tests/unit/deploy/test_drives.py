"""Finding the drive, and what boot_out.txt says."""

from pathlib import Path

import pytest

from sparekey.deploy import boot_out, drives, eject
from sparekey.deploy.errors import DriveError, NoDrive

from .drives import plug_in


def test_finds_the_one_drive_with_a_boot_out(tmp_path: Path) -> None:
    (tmp_path / "USBSTICK").mkdir()
    drive = plug_in(tmp_path / "RENAMED")
    assert drives.find_drive([tmp_path / "USBSTICK", drive, drive, tmp_path / "gone"]) == drive.resolve()


def test_two_drives_must_be_told_apart(tmp_path: Path) -> None:
    both = [plug_in(tmp_path / "CIRCUITPY"), plug_in(tmp_path / "CIRCUITPY1")]
    with pytest.raises(DriveError, match=r"CIRCUITPY1.*Name the one you mean"):
        drives.find_drive(both)


def test_no_drive_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoDrive, match="hold BACK"):
        drives.find_drive([], unmounted=tmp_path / "CIRCUITPY")
    (tmp_path / "CIRCUITPY").touch()
    with pytest.raises(NoDrive, match=r"not mounted.*udisksctl mount"):
        drives.find_drive([], unmounted=tmp_path / "CIRCUITPY")


def test_reads_mount_points_with_spaces(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/ada/CIRCUIT\\040PY vfat rw 0 0\nproc /proc proc rw 0 0\n"
    )
    assert list(drives._mounted(table)) == [Path("/media/ada/CIRCUIT PY")]
    assert eject.device_of(Path("/media/ada/CIRCUIT PY"), table) == "/dev/sdb1"
    assert eject.device_of(Path("/media/ada/other"), table) == ""
    assert list(drives._mounted(tmp_path / "none")) == []


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_looks_where_each_system_mounts_drives(platform: str) -> None:
    assert all(isinstance(place, Path) for place in drives.candidates(platform))
    assert eject.commands(Path("/media/CIRCUITPY"), platform)


def test_a_folder_is_not_ejected(tmp_path: Path) -> None:
    assert eject.eject(tmp_path) is False


def test_boot_out_as_circuitpython_writes_it(tmp_path: Path) -> None:
    text = (plug_in(tmp_path / "CIRCUITPY") / "boot_out.txt").read_text()
    found = boot_out.parse(text)
    assert (found.version, found.text, found.machine) == ((10, 3), "10.3.1", "Raspberry Pi Pico")
    assert found.board_id == "raspberry_pi_pico"


def test_boot_out_of_a_test_build() -> None:
    found = boot_out.parse(
        "Adafruit CircuitPython 10.1.0-beta.1-12-gabc on 2026-01-02; "
        "Adafruit QT Py ESP32-S3 no psram with ESP32S3\n"
        "Board ID:adafruit_qtpy_esp32s3_nopsram\n"
    )
    assert found.version == (10, 1)
    assert found.machine == "Adafruit QT Py ESP32-S3 no psram"


@pytest.mark.parametrize(
    "text", ["", "UF2 Bootloader v3.0\nBoard-ID: RPI-RP2\n", "MicroPython v1.24 on 2025-01-01"]
)
def test_another_drive_is_refused(text: str) -> None:
    with pytest.raises(DriveError, match="CircuitPython"):
        boot_out.parse(text)


def test_wrong_board_and_old_circuitpython_are_refused_in_words() -> None:
    old = boot_out.BootOut((9, 2), "9.2.8", "Raspberry Pi Pico", "raspberry_pi_pico")
    assert "needs 10.0 or newer" in (boot_out.refusal(old, "raspberry_pi_pico", "Raspberry Pi Pico") or "")
    assert "Its pins differ" in (boot_out.refusal(old, "raspberry_pi_pico2", "Raspberry Pi Pico 2") or "")
    fits = boot_out.BootOut((10, 0), "10.0.3", "Raspberry Pi Pico", "raspberry_pi_pico")
    assert boot_out.refusal(fits, "raspberry_pi_pico", "Raspberry Pi Pico") is None
    assert boot_out.warning(fits) is None
    newer = boot_out.BootOut((11, 0), "11.0.0", "Raspberry Pi Pico", "raspberry_pi_pico")
    assert boot_out.refusal(newer, "raspberry_pi_pico", "Raspberry Pi Pico") is None
    assert "newer than what Sparekey was tried with" in (boot_out.warning(newer) or "")
