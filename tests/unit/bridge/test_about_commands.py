"""What tells of the commands: help, completion, the manual page, the doctor."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest

from sparekey.bridge import remembered
from sparekey.cli.commands import sparekey as root
from sparekey.cli.manual import page

from .server_double import ServerDouble
from .test_commands import sparekey
from .token_double import TokenDouble


def paths(group: click.Group, *before: str) -> list[list[str]]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found += paths(command, *before, name)
        else:
            found.append([*before, name])
    return found


def test_every_command_is_in_the_manual_with_its_options() -> None:
    text = "\n".join(page()).replace(r"\-", "-")
    for path in paths(root):
        assert f".SS sparekey {' '.join(path)}" in text
    assert r"\fB--nonce-file FILE\fR" in text
    assert not re.search(r"^[.'](?!TH|SH|SS|PP|TP|B |nf$|fi$)", text, re.M)


@pytest.mark.parametrize(
    "path", [["login"], ["enrol"], ["deploy"], ["server", "run"], ["token", "virtual"]], ids=" ".join
)
def test_the_most_used_commands_show_examples_that_they_take(path: list[str]) -> None:
    text = sparekey(*path, "--help").stdout
    assert "Examples:" in text
    shown = re.sub(r"\\\n", " ", text).split("Examples:")[1].split("Options:")[0].strip().splitlines()
    command: click.Command = root
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    for line in shown:
        assert f"sparekey {' '.join(path)}" in line
        assert set(re.findall(r"--[a-z-]+", line)) <= known
    manual = "\n".join(page()).replace(r"\-", "-").replace(r"\e", "\\")
    assert "\n.nf\nExamples:\n  " + text.split("Examples:\n")[1].splitlines()[0].strip() in manual


def test_a_command_that_is_written_nearly_right_is_named() -> None:
    for words, meant in ((["logn"], "login"), (["token", "acounts"], "accounts")):
        done = sparekey(*words)
        assert (done.returncode, f"Did you mean '{meant}'?" in done.stderr) == (2, True)
    assert "mean" not in sparekey("zzz").stderr


@pytest.mark.parametrize("columns", [40, 80])
def test_help_fits_the_terminal(columns: int) -> None:
    env = {**os.environ, "COLUMNS": str(columns)}
    for path in ([], ["login"], ["token"], ["watch"]):
        text = sparekey(*path, "--help", env=env).stdout
        assert max(map(len, text.splitlines())) <= columns


def test_a_package_that_a_command_lacks_is_named() -> None:
    without = "import sys; sys.modules['msgspec'] = None; from sparekey.cli import main; main()"
    run = [sys.executable, "-c", without, "server", "servers", "list", "--data", "."]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "msgspec is missing, which this command needs: pip install" in done.stderr


def test_the_boards_can_be_read_in_a_narrow_terminal() -> None:
    done = sparekey("boards", env={**os.environ, "COLUMNS": "40"})
    assert "feather_nrf52840\n  Adafruit Feather nRF52840 Express\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 40


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str) -> None:
    done = sparekey("completion", shell)
    assert done.returncode == 0
    assert "_SPAREKEY_COMPLETE" in done.stdout


def test_completion_completes() -> None:
    asked = {"COMP_WORDS": "sparekey tok", "COMP_CWORD": "1", "_SPAREKEY_COMPLETE": "bash_complete"}
    command = Path(sys.executable).with_name("sparekey")
    done = subprocess.run([command], env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["plain,token"]


def test_the_doctor_says_what_is_wrong(token: TokenDouble, server: ServerDouble, url: str) -> None:
    remembered.remember(server.server_id, url)
    done = sparekey("doctor", "--json", token=token)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout
    assert {"settings", f"token {token.token_id.hex()}", f"server {url}", "screen", "clipboard"} <= {
        one["subject"] for one in found
    }
    assert not any(one["warns"] for one in found)
    token.clock = 500
    done = sparekey("doctor", token=token)
    assert done.returncode == 1
    assert "off by +500 s" in done.stdout
    assert "mend: sparekey token set-time" in done.stdout


def test_the_doctor_does_not_send_to_the_doctor() -> None:
    done = sparekey("doctor", "--port", "/dev/nothing-here")
    assert (done.returncode, "sparekey doctor" in done.stdout) == (1, False)
    assert "BAD  token" in done.stdout


def test_a_server_that_is_away_is_no_fault_for_the_doctor(token: TokenDouble, server: ServerDouble) -> None:
    away = "http://127.0.0.1:9"
    remembered.remember(b"\1" * 8, away)
    done = sparekey("doctor", token=token)
    assert done.returncode == 0, done.stdout
    assert f"warn server {away}: away now (no connection); offline login still works" in done.stdout
    done = sparekey("doctor", "--json", token=token)
    (found,) = [line for line in map(json.loads, done.stdout.splitlines()) if away in line["subject"]]
    assert (found["well"], found["warns"]) == (True, True)


def test_what_is_not_the_server_is_one(token: TokenDouble) -> None:
    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<p>Please sign in to this network.</p>")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Portal) as portal:
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{portal.server_port}"
        remembered.remember(b"\1" * 8, url)
        done = sparekey("doctor", token=token)
        portal.shutdown()
    assert done.returncode == 1
    assert f"BAD  server {url}: What answers there is not the server" in done.stdout


def test_token_commands(token: TokenDouble, server: ServerDouble) -> None:
    token.accounts += [server.account("bob", 1), server.account("bob", 2)]
    assert sparekey("token", "remove", "eve", token=token).returncode == 1
    done = sparekey("token", "remove", "bob", token=token)
    assert (done.returncode, "by its number" in done.stderr) == (2, True)
    assert sparekey("token", "remove", "2", token=token).returncode == 0
    assert [one.name for one in token.accounts] == ["ada", "bob"]
    for command, said in (("pin", "Done."), ("lock", "Locked."), ("wipe", "Wiped.")):
        done = sparekey("token", command, token=token)
        assert done.stdout.strip() == said
    token.finger = "back"
    done = sparekey("token", "wipe", "--json", token=token)
    assert json.loads(done.stdout)["error"]["number"] == 53
