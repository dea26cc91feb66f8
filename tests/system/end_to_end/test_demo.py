"""``sparekey demo``: what ``make demo`` runs."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from PIL import Image

ANYWHERE = [sys.executable, "-m", "sparekey", "demo", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]


def test_once_plays_the_offline_way(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sparekey", "demo", "--once", "--pictures", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    status = json.loads(done.stdout.split("LoginStatus ")[1])
    assert status["otplogin"] is True
    assert status["userid"] == "ada"
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) >= 5
    with Image.open(pictures[-1]) as picture:
        assert picture.size == (128, 64)


def test_it_serves_both_pages_until_it_is_ended() -> None:
    with subprocess.Popen(ANYWHERE, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        assert running.stdout is not None
        try:
            told = read_welcome(running)
            site, control = re.findall(r"http://127\.0\.0\.1:\d+", told)[:2]
            assert "Sign in" in httpx.get(site, trust_env=False).text
            assert "<canvas" in (page := httpx.get(control, trust_env=False).text) or "<img" in page
        finally:
            os.killpg(running.pid, signal.SIGINT)
        assert running.wait(20) == 130
    with pytest.raises(httpx.ConnectError):
        httpx.get(site, trust_env=False)


def test_a_terminal_that_is_closed_leaves_nothing_running() -> None:
    with subprocess.Popen(ANYWHERE, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        site, control = re.findall(r"http://127\.0\.0\.1:\d+", read_welcome(running))[:2]
        running.send_signal(signal.SIGHUP)
        assert running.wait(20) == 128 + signal.SIGHUP
    for address in (site, control):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)


def test_an_address_in_use_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "sparekey", "demo", "--listen", address, "--control", "127.0.0.1:0"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "--listen" in done.stderr


def read_welcome(running: subprocess.Popen[str]) -> str:
    """What the demo prints, up to its last line."""
    assert running.stdout is not None
    told = ""
    for line in running.stdout:
        told += line
        if line.startswith("Ctrl-C"):
            break
    return told
