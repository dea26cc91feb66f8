"""What the bridge remembers between runs: the server's address for each server id, from enrolment."""

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

_FILE = "servers.json"


class NoHome(FileNotFoundError):
    """The platform has no place for this user's settings."""


def folder() -> Path:
    """Where it is kept: the platform's place for a user's settings; ``NoHome`` where it has none."""
    from platformdirs import user_config_path

    try:
        return user_config_path("sparekey", appauthor=False)
    except RuntimeError as fault:
        raise NoHome(errno.ENOENT, "this user has no home folder: set HOME") from fault


def server_url(server_id: bytes, place: Path | None = None) -> str | None:
    """The address remembered for a server id; None where there is none, or the file is damaged."""
    url = _read(place).get(server_id.hex())
    return url if isinstance(url, str) else None


def server_urls(place: Path | None = None) -> dict[str, str]:
    """Every address remembered, by server id in hex."""
    return {ident: url for ident, url in _read(place).items() if isinstance(url, str)}


def remember(server_id: bytes, url: str, place: Path | None = None) -> None:
    """Keeps the address of a server; the file is replaced whole, or not at all (``OSError``)."""
    place = place or folder()
    place.mkdir(parents=True, exist_ok=True)
    with _alone_in(place):
        known = _parsed(place)
        if known.get(server_id.hex()) != url:
            known[server_id.hex()] = url
            _write(place, known)


@contextlib.contextmanager
def _alone_in(place: Path) -> Iterator[None]:
    """Keeps other enrolments waiting (flock(2)), since each writes what it has read and one more."""
    if fcntl is None:  # Windows
        yield
        return
    descriptor = os.open(place, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network's file system may have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(place: Path, known: dict[str, object]) -> None:
    handle, name = tempfile.mkstemp(dir=place, prefix=_FILE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=1, sort_keys=True)
        Path(name).replace(place / _FILE)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _read(place: Path | None) -> dict[str, object]:
    try:
        return _parsed(place or folder())
    except OSError:
        return {}


def _parsed(place: Path) -> dict[str, object]:
    """What the file holds, nothing where it is damaged; ``OSError`` where it is there and can't be read."""
    try:
        known = json.loads((place / _FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}
