"""``sparekey token virtual`` as a program: its cable, its control address, and who may use that."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import serial

from sparekey.demo.children import Child, ChildFailed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("program")


def command(folder: Path, *options: str) -> list[str]:
    made = ["token", "virtual", "--state", str(folder / "state"), "--port", str(folder / "port")]
    return [*made, "--control", "127.0.0.1:0", *options]


@pytest.fixture(scope="module")
def control(folder: Path) -> Iterator[httpx.Client]:
    with (
        Child(command(folder, "--start", "enrolled"), "control at ", folder / "log") as child,
        httpx.Client(base_url=child.announced, trust_env=False, timeout=30) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def _powered(control: httpx.Client) -> None:
    control.post("/power/on").raise_for_status()


def test_the_port_is_a_link_that_goes_with_the_power(control: httpx.Client, folder: Path) -> None:
    port = folder / "port"
    assert port.is_symlink()
    with serial.Serial(str(port), timeout=5) as line:
        control.post("/power/off").raise_for_status()
        assert not port.is_symlink()
        # as with a USB port: end of file, or the device is gone
        with contextlib.suppress(serial.SerialException):
            assert line.read(1) == b""
    assert control.get("/screen.txt").text == ""


@pytest.mark.parametrize("after", ["inf", "nan", "1e400", "x"])
def test_changes_that_no_board_counts_are_refused(control: httpx.Client, after: str) -> None:
    assert control.get("/screen.bits", params={"after": after}).status_code == 400


def test_a_clock_moved_further_than_it_counts_is_told(control: httpx.Client) -> None:
    moved = 0
    while (answer := control.post("/clock", params={"shift": 3e9})).status_code == 200:
        moved += 1
        assert moved < 10
    assert (answer.status_code, "moved so far" in answer.text) == (400, True)
    for _ in range(moved):
        control.post("/clock", params={"shift": -3e9}).raise_for_status()


def test_the_picture_and_the_text_are_of_the_same_screen(control: httpx.Client) -> None:
    text = control.get("/screen.txt", params={"wait": "1 account"})
    assert text.status_code == 200
    picture = control.get("/screen.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content[16:24] == bytes([0, 0, 0, 128, 0, 0, 0, 64]), "128×64"
    bits = control.get("/screen.bits")
    assert len(bits.content) == 1024
    assert bits.headers["power"] == "on"


def test_waiting_in_vain_says_what_is_there_instead(control: httpx.Client) -> None:
    control.get("/screen.txt", params={"wait": "account"})
    answer = control.get("/screen.txt", params={"wait": "no such words", "seconds": "0.05"})
    assert answer.status_code == 408
    assert "1 account" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", ""])
@pytest.mark.parametrize(("method", "path"), [("POST", "/press/ok"), ("POST", "/power/off"), ("GET", "/")])
def test_another_host_name_is_refused(control: httpx.Client, host: str, method: str, path: str) -> None:
    answer = control.request(method, path, headers={"Host": host})
    assert answer.status_code == 403
    assert control.get("/facts").json()["power"] is True


def test_a_page_of_another_site_is_refused(control: httpx.Client) -> None:
    for origin in ("http://evil.example", "null", "https://" + control.base_url.netloc.decode()):
        assert control.post("/press/ok", headers={"Origin": origin}).status_code == 403
    own = str(control.base_url).rstrip("/")
    assert control.post("/press/back", headers={"Origin": own}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/press/up", 404),
        ("/press/ok?ms=0", 400),
        ("/press/ok?ms=x", 400),
        ("/power/maybe", 404),
        ("/clock", 400),
        ("/clock?shift=nan", 400),
        ("/start/broken", 404),
        ("/plug/usb/out", 404),
        ("/plug/rtc/sideways", 404),
        ("/bus/up", 404),
        ("/cut?after=-1", 400),
    ],
)
def test_what_cannot_be_done_is_said(control: httpx.Client, path: str, status: int) -> None:
    answer = control.post(path)
    assert answer.status_code == status
    assert answer.text
    assert control.get(path.partition("?")[0]).status_code == 405, "looking changes nothing"


def test_the_page_lets_nothing_else_run(control: httpx.Client) -> None:
    page = control.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in page.text
    for file in ("/page.js", "/page.css"):
        assert file in page.text
        assert control.get(file).status_code == 200


def test_a_port_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("mine")
    with pytest.raises(ChildFailed, match="exists and is no link"):
        Child(command(tmp_path), "control at ", tmp_path / "log")
    assert (tmp_path / "port").read_text() == "mine"


def test_a_link_to_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "port").symlink_to(tmp_path / "mine")
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(ChildFailed, match="exists and is no link"):
        Child(command(tmp_path), "control at ", tmp_path / "log")
    assert (tmp_path / "port").read_text() == "mine"


def test_two_boards_cannot_share_a_state_folder(control: httpx.Client, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="in use"):
        Child([*command(folder), "--port", str(tmp_path / "port")], "control at ", tmp_path / "log")


def test_two_boards_cannot_share_a_port_s_name(control: httpx.Client, folder: Path, tmp_path: Path) -> None:
    state = ["--state", str(tmp_path / "state")]
    for power in ("on", "off"):  # while the first board is off, its name is still its own
        control.post(f"/power/{power}").raise_for_status()
        with pytest.raises(ChildFailed, match=r"port is in use by another virtual token.*--port"):
            Child([*command(folder), *state], "control at ", tmp_path / "log")
    control.post("/power/on").raise_for_status()
    with serial.Serial(str(folder / "port"), timeout=5):
        pass


def test_a_name_left_behind_is_taken_over_and_only_its_own_is_taken_away(tmp_path: Path) -> None:
    port = tmp_path / "port"
    # as a token that was killed leaves it: a lock that nobody holds, a link to some terminal
    (tmp_path / ".port.lock").touch()
    terminal, other = os.openpty()
    port.symlink_to(os.ttyname(other))
    with Child(command(tmp_path), "control at ", tmp_path / "log"):
        assert port.readlink() != Path(os.ttyname(other))
        port.unlink()
        port.symlink_to(os.ttyname(other))
    assert port.readlink() == Path(os.ttyname(other))
    assert not (tmp_path / ".port.lock").exists()
    os.close(other)
    os.close(terminal)


def test_a_port_in_no_folder_is_told(tmp_path: Path) -> None:
    nowhere = ["--port", str(tmp_path / "nowhere" / "port")]
    with pytest.raises(ChildFailed, match="nowhere is no folder"):
        Child([*command(tmp_path), *nowhere], "control at ", tmp_path / "log")


def test_a_control_address_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ChildFailed, match=f"{address} is in use by another program. .*--control"):
            Child([*command(tmp_path), "--control", address], "control at ", tmp_path / "log")


@pytest.mark.parametrize(
    "options",
    [
        ["--control", "0.0.0.0:0"],
        ["--start", "nowhere"],
        ["--vm", "pypy"],
        ["--board", "nowhere"],
        ["--board", "feather_rp2040", "--vm", "micropython"],
    ],
)
def test_wrong_usage(tmp_path: Path, options: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "sparekey", *command(tmp_path, *options)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "Error" in run.stderr


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_running_when_it_ends(tmp_path: Path, end: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "sparekey", *command(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline(), process.stdout.readline()]
    assert lines[0].startswith("control at http://127.0.0.1:")
    assert lines[1] == "ready\n"
    with serial.Serial(str(tmp_path / "port"), timeout=5) as line:
        process.send_signal(end)
        process.wait(20)
        process.stdout.close()
        # the firmware's process held the other end: the port hangs up when it is gone
        give_up = time.monotonic() + 10
        while True:
            try:
                if line.read(1) == b"":
                    os.write(line.fileno(), b"x")
            except (serial.SerialException, OSError):
                break
            assert time.monotonic() < give_up
    assert (tmp_path / "port").is_symlink() == (end == signal.SIGKILL)


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--vm", "micropython", "--heap", "abc"], 2, "'abc' is no size, as 128k or 1m"),
        (["--control", "8081"], 2, "'8081' is not HOST:PORT, as in 127.0.0.1:8081"),
        (["--state", "/dev/null/below"], 1, "The virtual token can't run: /dev/null/below: Not a directory."),
    ],
)
def test_a_wrong_option_is_told_with_what_it_should_be(
    tmp_path: Path, options: list[str], status: int, said: str
) -> None:
    run = [sys.executable, "-m", "sparekey", *command(tmp_path), *options]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr


def test_the_demo_looks_at_its_addresses_first() -> None:
    run = [sys.executable, "-m", "sparekey", "demo", "--control", "foo"]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "'foo' is not HOST:PORT" in done.stderr) == (2, True)
    run[-1] = "192.0.2.1:0"
    done = subprocess.run(
        [*run[:-2], "--listen", "127.0.0.1:0", *run[-2:]], capture_output=True, text=True, timeout=60
    )
    assert "for this computer only" in done.stderr
    assert "python -m" not in done.stderr


def test_the_demo_names_itself_as_it_was_called(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("sparekey")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = [program, "demo", "--data", tmp_path, "--listen", f"127.0.0.1:{taken.getsockname()[1]}"]
        done = subprocess.run(
            run,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PATH": "/usr/bin"},
        )
    assert f"Name other addresses: {program} demo --listen 127.0.0.1:0" in done.stderr
