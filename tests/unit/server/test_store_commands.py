"""``sparekey server …`` on a store: what is wrong is told in words, and nothing is made by a mistake."""

import errno
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from sparekey.cli.commands import sparekey as root
from sparekey.server.accounts import servers
from sparekey.server.keys.master_key import FILE
from sparekey.server.store import sqlite as sqlite_store


def server(*words: str | Path) -> Result:
    return CliRunner().invoke(root, ["server", *map(str, words)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A server's folder with one server in it."""
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "sparekey.db").touch()
    done = server("servers", "add", "Shop", "--data", folder)
    assert done.exit_code == 0, done.output
    return folder


def serverid(data: Path) -> str:
    rows = json.loads(server("servers", "list", "--json", "--data", data).stdout)
    return str(rows[0]["serverid"])


@pytest.mark.parametrize("words", [("servers", "list"), ("keys", "list"), ("audit",), ("rotate-key",)])
def test_a_folder_that_is_no_server_s_is_left_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = server(*words, "--data", tmp_path)
    assert done.exit_code == 1
    assert "is no server's folder" in done.stderr
    assert f"sparekey server run --listen 127.0.0.1:8080 --data {tmp_path}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_lost_master_key_is_not_made_anew(data: Path) -> None:
    (data / FILE).rename(data / "elsewhere")
    for words in (("servers", "list"), ("run", "--listen", "127.0.0.1:0")):
        done = server(*words, "--data", data)
        assert done.exit_code == 1
        assert f"{data / FILE} is missing" in done.stderr
        assert "Put your copy of it there" in done.stderr
        assert not (data / FILE).exists()
    (data / "elsewhere").rename(data / FILE)
    assert server("servers", "list", "--data", data).exit_code == 0


def test_a_restore_says_when_the_master_key_is_another(data: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "backup", tmp_path / "other"
    assert server("backup", file, "--data", data).exit_code == 0
    other.mkdir()
    done = server("restore", file, "--yes", "--data", other)
    assert done.exit_code == 0
    assert "sealed under another master key" in done.stderr
    for made in other.iterdir():
        assert made.stat().st_mode & 0o077 == 0, made
    shutil.copy(data / FILE, other / FILE)
    done = server("restore", file, "--yes", "--data", other)
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["servers", "set", "nope", "--no-otp"], "no server has the id nope"),
        (["accounts", "list", "nope"], "'sparekey server servers list' has all"),
        (["backup", "/no-such-folder/backup"], "there is no folder /no-such-folder"),
        (["keys", "add", "shop"], "as by --permission sessions"),
        (["servers", "list", "--database", "mysql://ada:secret@db/x"], "begins with postgresql://"),
    ],
)
def test_what_is_wrong_is_told_in_words(data: Path, words: list[str], said: str) -> None:
    done = server(*words, "--data", data)
    assert done.exit_code in (1, 2)
    assert said in done.stderr
    assert "secret" not in done.output
    assert "Errno" not in done.output


def test_an_account_that_is_not_there_is_named(data: Path) -> None:
    done = server("accounts", "block", serverid(data), "7", "--data", data)
    assert (done.exit_code, "the server has no account 7" in done.stderr) == (1, True)


def test_no_server_s_id_looks_like_an_option(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([bytes((0xF8,)) + bytes(7), bytes((0xFC,)) + bytes(7)])
    monkeypatch.setattr(servers, "secrets", SimpleNamespace(token_bytes=lambda count: next(drawn)))
    (made,) = json.loads(server("servers", "add", "Other", "--json", "--data", data).stdout)
    assert made["serverid"].startswith("_")
    assert server("servers", "set", made["serverid"], "--no-otp", "--data", data).exit_code == 0


def test_an_owner_without_a_role_is_told(data: Path) -> None:
    done = server("servers", "add", "Other", "--owner", "shop", "--data", data)
    make = done.stderr.partition(": sparekey server ")[2].split()
    assert make[:3] == ["keys", "add", "shop"]
    assert server(*make, "--data", data).exit_code == 0  # as it is told
    assert server("servers", "add", "Third", "--owner", "shop", "--data", data).stderr == ""


def test_people_get_times_and_programs_seconds(data: Path) -> None:
    server("keys", "add", "shop", "--permission", "sessions", "--data", data)
    shown = server("keys", "list", "--data", data).stdout
    (row,) = json.loads(server("keys", "list", "--json", "--data", data).stdout)
    assert isinstance(row["created"], int)
    assert str(row["created"]) not in shown
    assert "-" in shown.splitlines()[1].split()[-1]


@pytest.mark.parametrize("words", [("servers", "list"), ("run", "--listen", "127.0.0.1:0")])
def test_a_ruined_database_is_told_without_a_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "sparekey.db").write_text("no database at all, but long enough to be looked at")
    done = server(*words, "--data", tmp_path)
    assert isinstance(done.exception, SystemExit)
    assert f"{tmp_path / 'sparekey.db'}: " in done.stderr
    assert "sparekey server restore" in done.stderr


@pytest.mark.parametrize("option", ["--public-url", "--app-url"])
def test_what_is_no_web_address_is_not_put_into_qr_codes(tmp_path: Path, option: str) -> None:
    done = server("run", "--listen", "127.0.0.1:0", "--data", tmp_path, option, "login.example.org")
    assert (done.exit_code, "as https://login.example.org" in done.stderr) == (2, True)


@pytest.mark.parametrize("words", [("run", "--listen", "8080"), ("run", "--listen", "127.0.0.1:99999")])
def test_an_address_is_shown_by_example(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = server(*words, "--data", tmp_path)
    assert (done.exit_code, "as in 127.0.0.1:8080" in done.stderr) == (2, True)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = server("run", "--listen", "127.0.0.1:0", "--data", tmp_path / "file" / "below")
    assert done.exit_code == 1
    assert f"The server can't start: {tmp_path}" in done.stderr
    assert "Errno" not in done.stderr


def test_a_database_that_is_away_is_told_with_what_to_look_at(tmp_path: Path) -> None:
    url = "postgresql://ada:secret@127.0.0.1:1/x"
    done = server("servers", "list", "--data", tmp_path, "--database", url)
    assert done.exit_code == 1
    assert "Does PostgreSQL run there" in done.stderr
    assert "secret" not in done.output


@pytest.mark.parametrize("text", ["garbage", "", "1:00", "café"])
def test_a_ruined_master_key_is_named(data: Path, text: str) -> None:
    (data / FILE).write_text(text, "utf-8")
    done = server("servers", "list", "--data", data)
    assert done.exit_code == 1
    assert f"{data / FILE}: " in done.stderr
    assert "number:64 hex digits" in done.stderr
    assert "Put your copy of the file there" in done.stderr
    assert (data / FILE).read_text("utf-8") == text


def test_a_wrong_variable_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPAREKEY_MASTER_KEY", "1:beef")
    done = server("servers", "list", "--data", data)
    assert (done.exit_code, "SPAREKEY_MASTER_KEY: a master key is written" in done.stderr) == (1, True)
    assert "beef" not in done.output


def test_a_newer_sparekey_s_database_is_left_to_it(data: Path) -> None:
    with closing(sqlite3.connect(data / "sparekey.db")) as database, database:
        database.execute("INSERT INTO schema_steps (step) VALUES (99)")
    done = server("servers", "list", "--data", data)
    assert (done.exit_code, "the database is of a newer Sparekey" in done.stderr) == (1, True)


def test_a_database_that_another_program_holds_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "_BUSY_MS", 1)
    with closing(sqlite3.connect(data / "sparekey.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        done = server("keys", "add", "shop", "--permission", "sessions", "--data", data)
    assert done.exit_code == 1
    assert f"{data / 'sparekey.db'}: " in done.stderr
    assert "Another program has it to itself" in done.stderr


@pytest.mark.parametrize(("words", "file"), [(("backup",), "backup"), (("rotate-key",), FILE)])
def test_a_full_disk_is_told_with_the_file_and_leaves_none(
    data: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], file: str
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(data.iterdir())
    key = (data / FILE).read_text()
    monkeypatch.setattr(os, "fsync", full)
    done = server(*words, *([data / file] if file == "backup" else []), "--data", data)
    assert done.exit_code == 1
    assert done.stderr == f"Failed: {data / file}: No space left on device.\n"
    assert sorted(one for one in data.iterdir() if one.suffix != ".lock") == before  # which is empty
    assert (data / FILE).read_text() == key


@pytest.mark.postgresql
def test_what_postgresql_says_is_passed_on_without_the_password(
    data: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("one_database").replace("postgresql:///", "postgresql://:secret@/no-such-")
    done = server("servers", "list", "--data", data, "--database", url)
    assert done.exit_code == 1
    assert 'database "no-such-' in done.stderr
    assert "does not exist" in done.stderr
    assert "secret" not in done.output
