"""Ctrl-C in the terminal of a virtual token whose page is open."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx


def test_an_open_page_does_not_hold_up_the_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sparekey", "token", "virtual", "--state", str(tmp_path / "state")]
    command += ["--port", str(tmp_path / "port"), "--control", "127.0.0.1:0"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running,
        httpx.Client(trust_env=False, timeout=30) as page,
    ):
        assert running.stdout
        page.base_url = running.stdout.readline().removeprefix("control at ").strip()
        assert running.stdout.readline() == "ready\n"
        seen: list[str] = []

        def look() -> None:
            changes = "-1"
            try:
                while True:
                    answer = page.get("/screen.bits", params={"after": changes})
                    changes = answer.headers["changes"]
                    seen.append(answer.headers["power"])
            except httpx.HTTPError:
                seen.append("gone")

        looking = threading.Thread(target=look)
        looking.start()
        try:
            page.get("/screen.txt", params={"wait": "No accounts yet"}).raise_for_status()
            running.send_signal(signal.SIGINT)
            _, talk = running.communicate(timeout=20)
        finally:
            running.kill()  # what is not seen must not be waited for
        looking.join(20)
    assert running.returncode == 0
    assert talk == ""
    assert seen[-1] == "gone"
    assert not (tmp_path / "port").is_symlink()
