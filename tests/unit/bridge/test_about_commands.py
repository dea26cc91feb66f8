"""What tells of the commands: help, completion, the manual page, the doctor."""

import json
import os
import re
import subprocess
import sys
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
    token.clock = 500
    remembered.remember(b"\1" * 8, "http://127.0.0.1:9")
    done = sparekey("doctor", token=token)
    assert done.returncode == 1
    assert "off by +500 s" in done.stdout
    assert "mend: sparekey token set-time" in done.stdout
    assert "BAD  server http://127.0.0.1:9" in done.stdout


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
