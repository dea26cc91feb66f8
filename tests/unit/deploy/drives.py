"""Drives that are folders, and small firmwares whose every module knows its version."""

from pathlib import Path

from sparekey.deploy.image import Image

BOOT_OUT = """Adafruit CircuitPython {version} on 2026-10-17; {machine} with rp2040
Board ID:{board}
UID:E6614103E7452D2F
boot.py output:
"""

MODULES = (
    "lib/adafruit_clock.py",
    "lib/adafruit_bits/__init__.py",
    "lib/adafruit_bits/one.py",
    "sparekey_token/core/otp.py",
    "sparekey_token/core/__init__.py",
    "sparekey_token/app.py",
    "sparekey_token/__init__.py",
    "pins.py",
)

_APP = """
import adafruit_bits
import adafruit_bits.one
import adafruit_clock
import pins

import sparekey_token
import sparekey_token.core
import sparekey_token.core.otp


def main():
    for module in (
        adafruit_bits, adafruit_bits.one, adafruit_clock, pins,
        sparekey_token, sparekey_token.core, sparekey_token.core.otp,
    ):
        print(module.VERSION)
    print(VERSION)
"""


def plug_in(folder: Path, board: str = "raspberry_pi_pico", version: str = "10.3.1") -> Path:
    """A drive as CircuitPython leaves it, in ``folder``."""
    folder.mkdir(exist_ok=True)
    text = BOOT_OUT.format(version=version, machine="Raspberry Pi Pico", board=board)
    (folder / "boot_out.txt").write_text(text, newline="\r\n")
    (folder / "code.py").write_text('print("Hello World!")\n')
    (folder / "lib").mkdir()
    return folder


def firmware(version: str, without: tuple[str, ...] = ()) -> Image:
    """A firmware that prints the version of each of its modules; ``without`` some of them."""
    files = {path: f'VERSION = "{version}"\n'.encode() for path in MODULES if path not in without}
    files["sparekey_token/app.py"] += _APP.encode()
    files["boot.py"] = f"# {version}\nimport pins\n\nprint(pins.VERSION)\n".encode()
    files["code.py"] = f"# {version}\nfrom sparekey_token import app\n\napp.main()\n".encode()
    return Image("raspberry_pi_pico", files)


def lay_down(image: Image, drive: Path) -> None:
    """Copies ``image`` onto ``drive`` as a person with a bundle would."""
    for path, data in image.files.items():
        (drive / path).parent.mkdir(parents=True, exist_ok=True)
        (drive / path).write_bytes(data)


def content(drive: Path) -> dict[str, bytes]:
    """Every file of a drive."""
    return {
        path.relative_to(drive).as_posix(): path.read_bytes() for path in drive.rglob("*") if path.is_file()
    }
