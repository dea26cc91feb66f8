"""``sparekey desk``: a local page for those who don't use terminals."""

import webbrowser
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.words import answer, say

# a browser's command line can be read by every user of this machine: it gets the name of a file that
# only this user may read, which leads to the secret address
_LEADING = '<!doctype html><meta http-equiv="refresh" content="0; url={}"><title>Sparekey</title>\n'


@click.command()
@options.PORT
@options.SERVER_URL
@options.WAIT
@click.option("--open/--no-open", "opening", default=True, help="Open the page in the browser.")
@spoken
def desk(port: str | None, server_url: str | None, wait: float | None, opening: bool) -> None:
    """Log in on a page of your own browser: drop or paste a picture of the QR code.

    The page is reached from this computer alone, by the secret address printed here, and only until
    it is closed.
    """
    from sparekey.bridge.bridge import Bridge
    from sparekey.bridge.desk.desk import Desk
    from sparekey.bridge.desk.local_server import DeskServer

    server = DeskServer(Desk(lambda: Bridge(port, server_url=server_url), wait))
    answer(server.url)
    with NamedTemporaryFile("w", prefix="sparekey-", suffix=".html", encoding="utf-8") as leading:
        leading.write(_LEADING.format(server.url))
        leading.flush()
        if opening and not webbrowser.open(Path(leading.name).as_uri()):
            say("Open this address in a browser.")
        server.run()
