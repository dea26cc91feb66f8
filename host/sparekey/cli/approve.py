"""``sparekey approve SOURCE``: a transaction, shown on the token and approved or declined there."""

import json
import sys

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.waits import Waits
from sparekey.cli.talk.words import answer, is_terminal

# it is read on the token alone: what this computer shows could be another's
_ASKS = "Read what the token shows. OK goes on and approves, BACK declines"


@click.command()
@click.argument("source")
@options.PORT
@options.SERVER_URL
@options.JSON
@spoken
def approve(source: str, port: str | None, server_url: str | None, as_json: bool) -> int:
    """Approve or decline the transaction in the QR code at SOURCE, as the token shows it.

    SOURCE is a picture's or PDF's file, - for one on standard input, screen, camera, clipboard, or
    the text of the code itself. Ends with 0 where it was approved, 1 where it was declined.
    """
    from sparekey.cli.talk.scanned import scanned
    from sparekey_token.core.payload import Transaction

    text = scanned(source, Transaction, asking=not as_json and is_terminal(sys.stdin))

    from sparekey.bridge.bridge import Bridge
    from sparekey.bridge.transaction import Decision

    with Bridge(port, server_url=server_url) as bridge:
        decision = bridge.decide(text, Waits(_ASKS))
    answer(json.dumps({"decision": decision.name.lower()}) if as_json else f"{decision.name.capitalize()}.")
    return 0 if decision is Decision.APPROVED else 1
