"""Scanning: each source, codes that aren't ours, two that are."""

import io
from pathlib import Path

import pytest
import segno
from PIL import Image

from sparekey.bridge import errors, scan
from sparekey.bridge.scan import image_file, screen, standard_input

from .server_double import ServerDouble


def code(text: str, scale: int = 5) -> Image.Image:
    """A picture of a QR code."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale)
    return Image.open(out).convert("RGB")


def beside(*pictures: Image.Image) -> Image.Image:
    """Pictures side by side."""
    whole = Image.new(
        "RGB", (sum(one.width for one in pictures), max(one.height for one in pictures)), "white"
    )
    left = 0
    for one in pictures:
        whole.paste(one, (left, 0))
        left += one.width
    return whole


def saved(picture: Image.Image, path: Path) -> str:
    picture.save(path)
    return str(path)


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "gif", "bmp"])
def test_pictures_of_each_kind(tmp_path: Path, server: ServerDouble, kind: str) -> None:
    text = server.login_text()
    assert scan.read(saved(code(text), tmp_path / f"qr.{kind}")) == text


def test_light_on_dark_turned_and_transparent(tmp_path: Path, server: ServerDouble) -> None:
    from PIL import ImageOps

    text = server.login_text()
    dark = ImageOps.invert(code(text))
    assert scan.read(saved(dark, tmp_path / "dark.png")) == text
    assert scan.read(saved(code(text).rotate(90), tmp_path / "turned.png")) == text
    out = tmp_path / "clear.png"
    segno.make(text, micro=False).save(str(out), scale=5, light=None)
    assert scan.read(str(out)) == text


def test_the_text_itself_in_any_case(server: ServerDouble) -> None:
    text = server.login_text()
    assert scan.read(text) == text
    assert scan.read(text.lower()) == text.lower()


def test_codes_of_others_are_passed_over(tmp_path: Path, server: ServerDouble) -> None:
    text = server.login_text()
    picture = beside(code("https://example.com"), code(text), code("WIFI:S:home;;"))
    assert scan.read(saved(picture, tmp_path / "many.png")) == text


def test_only_codes_of_others(tmp_path: Path) -> None:
    with pytest.raises(errors.NothingScanned, match="another QR code"):
        scan.read(saved(code("https://example.com"), tmp_path / "other.png"))


def test_two_of_ours_is_an_error_that_tells(tmp_path: Path, server: ServerDouble) -> None:
    first = server.login_text()
    server.session_id = b"\1" * 16
    picture = beside(code(first), code(server.login_text()))
    with pytest.raises(errors.SeveralScanned):
        scan.read(saved(picture, tmp_path / "two.png"))
    assert scan.read(saved(beside(code(first), code(first)), tmp_path / "twice.png")) == first


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(errors.NotReadable, match="No such file"):
        scan.read(str(tmp_path / "none.png"))
    with pytest.raises(errors.NotReadable, match="not a file's name"):
        scan.read("a\0b")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(errors.NotReadable, match="not a picture"):
        scan.read(str(tmp_path / "text.png"))
    with pytest.raises(errors.NothingScanned):
        scan.read(saved(Image.new("RGB", (99, 99)), tmp_path / "black.png"))
    half = tmp_path / "half.png"
    code("SPAREKEY:X").save(half)
    half.write_bytes(half.read_bytes()[:200])
    with pytest.raises(errors.NotReadable):
        scan.read(str(half))


class Input:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_takes_a_picture_or_the_text(
    monkeypatch: pytest.MonkeyPatch, server: ServerDouble
) -> None:
    text = server.login_text()
    out = io.BytesIO()
    code(text).save(out, "PNG")
    monkeypatch.setattr(standard_input.sys, "stdin", Input(out.getvalue()))
    assert scan.read("-") == text
    monkeypatch.setattr(standard_input.sys, "stdin", Input(text.encode() + b"\n"))
    assert scan.read("-") == text
    monkeypatch.setattr(standard_input.sys, "stdin", Input(b""))
    with pytest.raises(errors.NotReadable, match="empty"):
        scan.read("-")


def test_all_screens_are_looked_at(monkeypatch: pytest.MonkeyPatch, server: ServerDouble) -> None:
    text = server.login_text()
    shots = [Image.new("L", (200, 200)), code(text).convert("L")]
    monkeypatch.setattr(screen, "pictures", lambda: iter(shots))
    assert scan.read("screen") == text


def test_a_machine_without_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(errors.NotReadable, match="screen"):
        scan.read("screen")


def test_a_file_larger_than_any_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_file, "MAX_BYTES", 10)
    with pytest.raises(errors.NotReadable, match="larger"):
        scan.read(saved(code("x"), tmp_path / "qr.png"))
