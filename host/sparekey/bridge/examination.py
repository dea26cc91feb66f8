"""What ``sparekey doctor`` looks at on this machine: ports, tokens, servers, what scanning needs."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from . import ports, remembered, settings
from .errors import BridgeError, ScanError
from .token import Token

# seconds: an OTP is refused where a token is off by a whole interval, so tell well before
_DRIFT = 60

PARTS = (
    ("camera", "cv2", "Scanning with a camera", "pip install 'sparekey[camera]'"),
    ("PDF", "pypdfium2", "Scanning PDF pages", "pip install 'sparekey[pdf]'"),
    ("Wayland", "jeepney", "Scanning the screen under Wayland", "pip install 'sparekey[wayland]'"),
    ("HEIC", "pillow_heif", "Scanning HEIC photographs", "pip install 'sparekey[heic]'"),
)
"""Optional parts: name, module, what it is for, how to get it."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``mend`` is what to do where it isn't well (or could be better).

    ``warns``: nothing is broken, and yet the person should know.
    """

    subject: str
    well: bool
    words: str
    mend: str = ""
    warns: bool = False


def examine(port: str | None) -> Iterator[Finding]:
    """Looks at everything in turn."""
    try:
        settings.read()
        yield Finding("settings", True, f"kept in {remembered.folder()}")
    except BridgeError as error:
        yield Finding("settings", False, str(error), error.next_step)
    except remembered.NoHome as fault:
        yield Finding("settings", False, "there is no place to keep them", str(fault.strerror))
    yield from _tokens(port)
    yield from _servers()
    yield _screen()
    yield _clipboard()
    for name, module, use, command in PARTS:
        if find_spec(module):
            yield Finding(name, True, f"{use} works")
        else:
            yield Finding(name, True, f"{use} needs a part that isn't installed", command)


def _tokens(port: str | None) -> Iterator[Finding]:
    found = [port] if port else ports.candidates()
    if not found:
        yield Finding(
            "token", False, "no port of a token is plugged in", "Plug it in, or name its port: --port PATH."
        )
    for path in found:
        try:
            with Token.open(path) as token:
                said = token.hello()
        except BridgeError as error:
            yield Finding(f"token {path}", False, str(error), error.next_step)
            continue
        subject = f"token {said.token_id.hex()}"
        yield Finding(subject, True, f"at {path}, {said.board}, {said.accounts} of {said.capacity} accounts")
        drift = said.unix - int(time.time())
        if said.clock != "set":
            yield Finding(subject, False, "its clock has lost its time", "sparekey token set-time")
        elif abs(drift) >= _DRIFT:
            yield Finding(subject, False, f"its clock is off by {drift:+d} s", "sparekey token set-time")


def _servers() -> Iterator[Finding]:
    from .app_calls import session
    from .errors import ServerGarbled, ServerRefused, ServerUnreachable
    from .server_client import ServerClient

    for url in sorted(set(remembered.server_urls().values())):
        try:
            with ServerClient(url) as client:
                client.ask(session(bytes(16)))
        except ServerRefused:
            pass  # it knows no such session, as it should
        except ServerGarbled as error:
            yield Finding(f"server {url}", False, str(error), error.next_step)
            continue
        except ServerUnreachable as error:
            words = f"away now ({error.detail}); offline login still works"
            yield Finding(f"server {url}", True, words, "Check the network.", warns=True)
            continue
        except BridgeError as error:
            yield Finding(f"server {url}", False, str(error), error.next_step)
            continue
        yield Finding(f"server {url}", True, "answers")


def _screen() -> Finding:
    from .scan import portal, screen

    if portal.is_wayland():
        return Finding("screen", True, "the desktop's portal is asked for it each time")
    try:
        count = sum(1 for _ in screen.shots())
    except ScanError as error:
        return Finding("screen", True, error.detail, "Give a picture's file instead.")
    return Finding("screen", True, f"{count} can be scanned")


def _clipboard() -> Finding:
    from .clipboard import programs

    here = [program for program in programs() if shutil.which(program)]
    if here:
        return Finding("clipboard", True, f"by {here[0]}")
    return Finding("clipboard", True, "only through the terminal", "Install wl-clipboard or xclip.")
