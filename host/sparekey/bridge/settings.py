"""The settings file, all of it optional: ``settings.toml`` in the platform's place for a user's settings.

::

    port = "/dev/ttyACM1"       # or a token's id
    server_url = "https://…"    # instead of the address remembered from enrolment
    account = "ada"             # where the token has several for a server
    wait = 20                   # seconds that the server is given before the OTP is offered
"""

import tomllib
from pathlib import Path

from . import remembered
from .errors import BridgeError

FILE = "settings.toml"

KINDS: dict[str, tuple[type, ...]] = {
    "port": (str,),
    "server_url": (str,),
    "account": (str,),
    "wait": (int, float),
}
"""The settings and the kinds of their values."""


class SettingsError(BridgeError):
    """The settings file can't be used."""

    name = "settings"
    sentence = "The settings file is wrong."
    advice = "Mend it or remove it; every setting is optional."
    exit_status = 2


def read(place: Path | None = None) -> dict[str, str | float]:
    """The settings; empty where there is no file. Raises ``SettingsError``, naming what is wrong."""
    try:
        file = (place or remembered.folder()) / FILE
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise SettingsError(f"{file}: {fault}") from fault
    for name, value in found.items():
        if name not in KINDS:
            raise SettingsError(f"{file}: there is no setting {name!r}, only {', '.join(KINDS)}")
        if not isinstance(value, KINDS[name]) or isinstance(value, bool):
            kind = "a text in quotes" if KINDS[name] == (str,) else "a number"
            raise SettingsError(f"{file}: {name} has to be {kind}")
    return found
