"""``sparekey enrol SOURCE``: adds an account to the token."""

import json
import sys

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.waits import Waits
from sparekey.cli.talk.words import answer, is_terminal, printable, say

_FIRST = "The token shows who asks. Press OK on it if that is right"
_SECOND = (
    "The token shows a check code. If the web page shows the same one, press OK on the token and confirm"
    " on the page; if not, press BACK"
)


@click.command()
@click.argument("source")
@options.PORT
@options.SERVER_URL
@options.JSON
@spoken
def enrol(source: str, port: str | None, server_url: str | None, as_json: bool) -> None:
    """Add an account to the token, from the QR code at SOURCE.

    SOURCE is a picture's or PDF's file, - for one on standard input, screen, camera, clipboard, or
    the text of the code itself. A check code on the token and on the web page tells that nobody is
    in between.

    \b
    Examples:
      sparekey enrol screen
      sparekey enrol photo.jpg --port ./token.port
    """
    from sparekey.bridge.payloads import read_enrolment
    from sparekey.cli.talk.scanned import scanned
    from sparekey_token.core.payload import Enrolment

    text = scanned(source, Enrolment, asking=not as_json and is_terminal(sys.stdin))
    shown = read_enrolment(text)
    # the address is the code's own word: a person may see that it leads elsewhere
    address = printable(server_url or shown.server_url)
    say(f"Account: {printable(shown.account_name)} at {printable(shown.server_name)}, {address}")

    from sparekey.bridge.bridge import Bridge

    with Bridge(port, server_url=server_url) as bridge:
        done = bridge.enrol(text, Waits(_FIRST, _SECOND))
    if not done.remembered:
        say(f"The server's address could not be kept. Name it at logins: --server-url {printable(done.url)}")
    if as_json:
        told = {
            "index": done.index,
            "server": done.server,
            "account": done.account,
            "server_id": done.server_id.hex(),
            "server_url": done.url,
        }
        answer(json.dumps(told))
    else:
        answer(f"The token now holds the account {printable(done.account)} at {printable(done.server)}.")
        say("One step is left: confirm the check code on the web page. Until then the account can't log in.")
