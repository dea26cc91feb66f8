"""Scanning: each source, codes that aren't ours, two that are."""

import io
import sys
from pathlib import Path

import pytest
import segno
from PIL import Image

from sparekey.bridge import errors, scan
from sparekey.bridge.scan import camera, image_file, screen, standard_input, watching

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


def test_pages_of_a_pdf(tmp_path: Path, server: ServerDouble) -> None:
    text = server.login_text()
    first = Image.new("RGB", (600, 800), "white")
    second = first.copy()
    second.paste(code(text, 3), (50, 50))
    file = tmp_path / "letter.pdf"
    first.save(file, save_all=True, append_images=[second])
    assert scan.read(str(file)) == text
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(errors.NotReadable, match="whole PDF"):
        scan.read(str(file))


def test_a_heic_photograph(tmp_path: Path, server: ServerDouble) -> None:
    import pillow_heif

    text = server.login_text()
    file = tmp_path / "photo.heic"
    pillow_heif.from_pillow(code(text)).save(file, quality=80)
    assert scan.read(str(file)) == text


@pytest.mark.parametrize(("module", "name"), [("pypdfium2", "x.pdf"), ("pillow_heif", "x.heic")])
def test_a_part_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).write_bytes(b"%PDF-1.4" if name == "x.pdf" else b"\0\0\0\x18ftypheic")
    with pytest.raises(errors.PartMissing) as caught:
        scan.read(str(tmp_path / name))
    assert "pip install" in caught.value.next_step


def test_the_clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ServerDouble) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.NotReadable, match="can't be read"):
        scan.read("clipboard")
    text = server.login_text()
    saved(code(text), tmp_path / "held.png")

    def xclip(picture: str, words: str) -> None:
        script = tmp_path / "xclip"
        script.write_text(f"#!/bin/sh\ncase $4 in image/png) {picture};; *) {words};; esac\n")
        script.chmod(0o755)

    xclip(f"/bin/cat {tmp_path}/held.png", "exit 1")
    assert scan.read("clipboard") == text
    xclip("exit 1", f"echo see {text} there")
    assert scan.read("clipboard") == text
    xclip("exit 1", "exit 1")
    with pytest.raises(errors.NotReadable, match="empty"):
        scan.read("clipboard")


def test_copying_hands_the_secret_over_unseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sparekey.bridge import clipboard

    monkeypatch.setenv("PATH", str(tmp_path))
    assert not clipboard.copy("2XPP7Q R5BDD0")
    script = tmp_path / "xclip"
    script.write_text(f"#!/bin/sh\necho $* > {tmp_path}/arguments\n/bin/cat > {tmp_path}/copied\n")
    script.chmod(0o755)
    assert clipboard.copy("2XPP7Q R5BDD0")
    assert (tmp_path / "copied").read_text() == "2XPP7Q R5BDD0"
    assert "2XPP7Q" not in (tmp_path / "arguments").read_text()


def test_the_camera_is_looked_through_until_a_code_comes(server: ServerDouble) -> None:
    text = server.login_text()
    frames = [Image.new("L", (320, 240)), code("https://example.com").convert("L"), code(text).convert("L")]
    drawn: list[Image.Image] = []
    assert camera.search(iter(frames), drawn.append) == text
    assert drawn
    with pytest.raises(errors.NothingScanned):
        camera.search(iter(frames[:1]))
    lines = camera.shaded(Image.linear_gradient("L"), (40, 12))
    assert 1 < len(lines) <= 11
    assert all(len(line) < 40 for line in lines)


def test_a_machine_without_a_camera_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(errors.PartMissing):
        scan.read("camera")


def test_watching_gives_each_login_once(server: ServerDouble) -> None:
    first = server.login_text()
    enrolment = server.enrolment_text("http://x")
    server.session_id = b"\1" * 16
    second = server.login_text()
    blank = Image.new("L", (300, 300), "white")
    shown = [blank, blank, code(enrolment).convert("L"), code(first).convert("L"), code(first).convert("L")]
    shown += [beside(code(first), code(second)).convert("L")]
    pauses: list[float] = []
    rounds = iter(shown)
    watch = watching.Watch(0.5, lambda: [screen.Shot.of(next(rounds))], pauses.append)
    assert watch.next_login() == first
    assert watch.next_login() == second
    assert pauses == [0.5] * 4


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
