"""Scanning: each source, codes that aren't ours, two that are."""

import io
import sys
from pathlib import Path

import pytest
import segno
from PIL import EpsImagePlugin, Image

from sparekey.bridge import clipboard, errors, scan
from sparekey.bridge.scan import camera, image_file, pdf, screen, standard_input, watching
from sparekey.bridge.scan.screen import Shot

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


PDF = b"""%%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/%b/Parent 2 0 R/MediaBox[0 0 %d %d]>>endobj
trailer<</Root 1 0 R>>
"""


@pytest.mark.parametrize("side", [14_400, 1_000_000])
def test_a_page_of_any_size_is_drawn_in_no_more_than_so_many_pixels(side: int) -> None:
    (page,) = pdf.pages(PDF % (b"Page", side, side), "it")
    assert page.width * page.height <= pdf._MAX_PIXELS * 1.01


def test_a_broken_page_of_a_pdf_is_passed_over() -> None:
    assert list(pdf.pages(PDF % (b"Nothing", 9, 9), "it")) == []


def test_a_picture_of_more_pixels_than_any_photograph(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    Image.new("1", (2000, 1000)).save(out, "png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_500_000)  # Pillow warns from there on
    image_file.opened(out.getvalue(), "it")
    monkeypatch.setattr(image_file, "MAX_PIXELS", 1_999_999)
    with pytest.raises(errors.NotReadable, match="pixels"):
        image_file.opened(out.getvalue(), "it")


def test_whatever_pillow_raises_at_broken_bytes() -> None:
    blp = io.BytesIO()
    Image.new("P", (8, 8)).save(blp, "BLP")
    with pytest.raises(errors.NotReadable, match="not a picture"):  # NotImplementedError
        image_file.opened(blp.getvalue()[:8] + b"\xff" + blp.getvalue()[9:], "it")


@pytest.mark.parametrize("start", [b"", b"\xc5\xd0\xd3\xc6" + bytes([32, 0, 0, 0, 90, 0, 0, 0]) + bytes(20)])
def test_postscript_is_not_run(start: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = tmp_path / "ran"
    for name in ("gs", "gswin64c"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)  # Pillow keeps what it has found
    with pytest.raises(errors.NotReadable):
        image_file.opened(
            start + b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n", "it"
        )
    assert not ran.exists()


def test_a_name_that_begins_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ServerDouble
) -> None:
    monkeypatch.chdir(tmp_path)
    text = server.login_text()
    assert scan.read(saved(code(text), Path("~$shot.png"))) == text
    with pytest.raises(errors.NotReadable, match="No such file"):
        scan.read("~nobody$here/shot.png")


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


@pytest.mark.parametrize(("copied", "left"), [("", b""), ("my own words", b"my own words")])
def test_what_its_person_copied_since_stays_on_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copied: str, left: bytes
) -> None:
    held = tmp_path / "held"
    script = tmp_path / "xsel"
    script.write_text(f"#!/bin/sh\ncase $2 in --output) /bin/cat {held};; *) /bin/cat > {held};; esac\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clipboard.copy("2XPP7Q R5BDD0")
    if copied:
        clipboard.copy(copied)
    clipboard.take_back("2XPP7Q R5BDD0")
    assert held.read_bytes() == left


@pytest.mark.parametrize(("kind", "drawn"), [("dumb", False), ("xterm", True)])
def test_a_dumb_terminal_gets_no_preview(monkeypatch: pytest.MonkeyPatch, kind: str, drawn: bool) -> None:
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    previews: list[object] = []
    monkeypatch.setattr(camera, "search", lambda frames, preview: previews.append(preview) or "")
    camera.read()
    assert [bool(preview) for preview in previews] == [drawn]


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


def test_two_logins_on_the_screen_are_given_one_after_the_other(server: ServerDouble) -> None:
    first = server.login_text()
    server.session_id = b"\1" * 16
    both = Shot.of(beside(code(first), code(server.login_text())).convert("L"))

    def pause(seconds: float) -> None:
        pytest.fail("the other code is on the screen")

    watch = watching.Watch(1, lambda: [both], pause)
    assert {watch.next_login(), watch.next_login()} == {first, server.login_text()}


def test_screens_that_come_and_go_while_they_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    import mss
    from mss.exception import ScreenShotError

    plugged = [1]

    class Mss:
        def __init__(self) -> None:
            self.monitors = [{}, *({"number": number} for number in plugged)]

        def grab(self, place: dict[str, int]) -> object:
            if place["number"] not in plugged:
                raise ScreenShotError("XGetImage() failed")
            return type("Shot", (), {"raw": bytes([place["number"]]), "width": 1, "height": 1})

        def close(self) -> None:
            pass

    monkeypatch.setattr(mss, "MSS", Mss)
    screens = screen.Screens()

    def seen() -> list[bytes | bytearray]:
        return [shot.pixels for shot in screens.shots()]

    assert seen() == [b"\1"]
    plugged[:] = [2]
    assert seen() == [b"\2"]
    plugged[:] = [2, 3]
    monkeypatch.setattr(screen, "RENEWED_AFTER", 0.0)
    assert seen() == [b"\2", b"\3"]
    plugged[:] = []
    assert seen() == []


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
