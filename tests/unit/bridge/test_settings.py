"""The settings file: all of it optional, each fault told."""

from pathlib import Path

import pytest

from sparekey.bridge import settings

from .server_double import ServerDouble
from .test_commands import sparekey
from .token_double import TokenDouble


def written(place: Path, text: str) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / settings.FILE).write_text(text)


def test_no_file_means_no_settings(settings_place: Path) -> None:
    assert settings.read() == {}


@pytest.mark.parametrize("text", ["port = 1", "nonsense = 2", "wait = true", "not toml", "\xff"])
def test_a_wrong_file_is_told(settings_place: Path, text: str) -> None:
    settings_place.mkdir(parents=True)
    (settings_place / settings.FILE).write_text(text, encoding="latin-1")
    with pytest.raises(settings.SettingsError) as caught:
        settings.read()
    assert settings.FILE in str(caught.value)
    done = sparekey("token", "info")
    assert done.returncode == 2
    assert "settings" in done.stderr


def test_settings_stand_in_for_options(
    settings_place: Path, token: TokenDouble, server: ServerDouble
) -> None:
    token.accounts.append(server.account("bob", 815))
    written(settings_place, f'port = "{token.path}"\naccount = "bob"\nwait = 0\n')
    done = sparekey("login", server.login_text())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("text", "kind"), [("port = 1", "a text in quotes"), ("wait = true", "a number")])
def test_a_value_of_the_wrong_kind_is_told_with_the_right_one(
    settings_place: Path, text: str, kind: str
) -> None:
    written(settings_place, text)
    with pytest.raises(settings.SettingsError, match=f"has to be {kind}"):
        settings.read()


def test_the_account_of_the_settings_is_for_servers_that_have_it(
    token: TokenDouble, server: ServerDouble, settings_place: Path
) -> None:
    settings_place.mkdir(parents=True)
    (settings_place / "settings.toml").write_text('account = "eve"\n')
    done = sparekey("login", server.login_text(), "--now", token=token)
    assert done.returncode == 0, done.stderr
    done = sparekey("login", server.login_text(), "--now", "--account", "eve", token=token)
    assert (done.returncode, "no_such_account" in done.stderr) == (1, True)
