"""What the bridge remembers between runs: the server's address for each server id, from enrolment."""

import contextlib
import json
import os
import tempfile
from pathlib import Path

_FILE = "servers.json"


def folder() -> Path:
    """Where it is kept: the platform's place for a user's settings."""
    from platformdirs import user_config_path

    return user_config_path("sparekey", appauthor=False)


def server_url(server_id: bytes, place: Path | None = None) -> str | None:
    """The address remembered for a server id; None where there is none, or the file is damaged."""
    url = _read(place or folder()).get(server_id.hex())
    return url if isinstance(url, str) else None


def server_urls(place: Path | None = None) -> dict[str, str]:
    """Every address remembered, by server id in hex."""
    return {ident: url for ident, url in _read(place or folder()).items() if isinstance(url, str)}


def remember(server_id: bytes, url: str, place: Path | None = None) -> None:
    """Keeps the address of a server; the file is replaced whole, or not at all."""
    place = place or folder()
    place.mkdir(parents=True, exist_ok=True)
    known = _read(place)
    if known.get(server_id.hex()) == url:
        return
    known[server_id.hex()] = url
    handle, name = tempfile.mkstemp(dir=place, prefix=_FILE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=1, sort_keys=True)
        Path(name).replace(place / _FILE)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _read(place: Path) -> dict[str, object]:
    try:
        known = json.loads((place / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
