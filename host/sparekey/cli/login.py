"""``sparekey login SOURCE``: from the QR code to a one-time password, or an online login."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click
from click.core import ParameterSource

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.words import answer, is_terminal, printable, say

if TYPE_CHECKING:
    from sparekey.cli.talk.keyboard import Keyboard
    from sparekey.cli.talk.login_json import LoginJson
    from sparekey.cli.talk.login_words import LoginWords

# seconds that a pulled token is waited for where nobody may be there to plug it in
_UNATTENDED = 5.0


@click.command()
@click.argument("source")
@options.PORT
@options.SERVER_URL
@options.JSON
@options.WAIT
@options.NOW
@options.ACCOUNT
@click.option(
    "--apikey-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For kiosks: the file with the web application's API key; the OTP is then sent to the server.",
)
@click.option(
    "--nonce-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --apikey-file: the file with the browser session's nonce.",
)
@spoken
def login(
    source: str,
    port: str | None,
    server_url: str | None,
    as_json: bool,
    wait: float | None,
    now: bool,
    account: str | None,
    apikey_file: Path | None,
    nonce_file: Path | None,
) -> int:
    """Log in with the QR code at SOURCE: get a one-time password from the token.

    SOURCE is a picture's or PDF's file, - for one on standard input, screen, camera, clipboard, or
    the text of the code itself. The server is tried first; if it answers, the login needs no
    one-time password.

    \b
    Examples:
      sparekey login screen
      sparekey login screen --now
      sparekey login screen --account ada
      sparekey login photo.jpg --json
    """
    if (apikey_file is None) != (nonce_file is None):
        raise click.UsageError("--apikey-file and --nonce-file go together")

    from sparekey.cli.talk.scanned import scanned
    from sparekey_token.core.payload import Login

    kiosk = Kiosk.of(apikey_file, nonce_file) if apikey_file and nonce_file else None
    text = scanned(source, Login, asking=_attended(as_json))
    return log_in(text, port, server_url, as_json, wait, now, account, kiosk)


@dataclass(frozen=True)
class Kiosk:
    """The web application's secrets, for a bridge that calls ``otplogin`` itself."""

    apikey: str = field(repr=False)
    nonce: str = field(repr=False)

    @classmethod
    def of(cls, apikey: Path, nonce: Path) -> Self:
        """What is in these files; a usage error where that can't go into a header of HTTP's."""
        return cls(_secret(apikey), _secret(nonce))


def _secret(file: Path) -> str:
    try:
        secret = file.read_text(encoding="ascii").strip()
    except OSError as fault:
        raise click.UsageError(f"{file}: {fault.strerror}") from fault
    except ValueError:
        secret = ""
    if not secret or not secret.isprintable():
        raise click.UsageError(f"{file} has to hold one line of letters, digits and signs")
    return secret


def log_in(
    text: str,
    port: str | None,
    server_url: str | None,
    as_json: bool,
    wait: float | None,
    now: bool,
    account: str | None,
    kiosk: Kiosk | None = None,
) -> int:
    """The login of a QR code's text, told in words or JSON; answers the exit status."""
    from sparekey.bridge.payloads import read_login

    shown = read_login(text)
    attended = _attended(as_json)
    talk = _talk(account, as_json, attended)
    talk.begin(shown.session_id.hex(), shown.server_name, shown.hint)

    from sparekey.bridge.bridge import Bridge

    with Bridge(port, server_url=server_url) as bridge:
        keyboard = _keyboard(talk) if attended else None
        try:
            bridge.login(text, talk, wait=wait, hurry=now, replug=None if attended else _UNATTENDED)
        finally:
            talk.close()
            if keyboard:
                keyboard.close()
    if talk.exit_status == 0 and talk.otp and kiosk:
        _send(talk.otp, shown.server_id, server_url, kiosk, as_json)
    elif not as_json and talk.otp:
        _hand_over(talk.otp, attended)
    elif not as_json and talk.signed_in:
        taken = talk.signed_in_as
        answer(f"signed in as {printable(taken.name)}" if taken else "signed in")
    return talk.exit_status


def _attended(as_json: bool) -> bool:
    return not as_json and all(is_terminal(stream) for stream in (sys.stdin, sys.stdout, sys.stderr))


def _talk(account: str | None, as_json: bool, attended: bool) -> "LoginJson | LoginWords":
    # the setting is for servers that the token has several accounts for; the option is for this login
    source = click.get_current_context().get_parameter_source("account")
    preferred = source is ParameterSource.DEFAULT
    if as_json:
        from sparekey.cli.talk.login_json import LoginJson

        return LoginJson(account, preferred=preferred)
    from sparekey.cli.talk.login_words import LoginWords

    return LoginWords(account, preferred=preferred, keyboard=attended)


def _keyboard(talk: "LoginJson | LoginWords") -> "Keyboard":
    from sparekey.cli.talk.keyboard import Keyboard
    from sparekey.cli.talk.login_words import LoginWords

    assert isinstance(talk, LoginWords)
    return Keyboard(talk.typed)


def _hand_over(otp: str, attended: bool) -> None:
    """The OTP on stdout; at a terminal large as well, with an offer to copy it."""
    if not attended:
        answer(otp)
        return
    from sparekey.cli.talk import otp_shown

    otp_shown.show(otp)
    answer(otp)
    otp_shown.offer_copy(otp)


def _send(otp: str, server_id: bytes, server_url: str | None, kiosk: Kiosk, as_json: bool) -> None:
    """``otplogin`` with the web application's key; the answer is the LoginStatus."""
    from sparekey.bridge import remembered
    from sparekey.bridge.errors import ServerUnreachable
    from sparekey.bridge.web_application import WebApplication

    url = server_url or remembered.server_url(server_id)
    if url is None:
        raise ServerUnreachable("its address is not known here", next_step="Give it with --server-url.")
    with WebApplication(url, server_id, kiosk.apikey, kiosk.nonce) as application:
        status = application.otp_login(otp)
    if as_json:
        answer(json.dumps({"event": "login_status", **status}))
        return
    say("The server accepted the one-time password.")
    answer(f"signed in as {printable(str(status.get('userid') or status.get('accountid')))}")
