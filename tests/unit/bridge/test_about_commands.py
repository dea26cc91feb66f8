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
    assert not re.search(r"^[.'](?!TH|SH|SS|PP|TP|B )", text, re.M)


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
