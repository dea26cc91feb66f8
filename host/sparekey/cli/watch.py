"""``sparekey watch``: waits for a login QR code to appear on the screen, and logs in with it."""

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import report, spoken
from sparekey.cli.talk.words import say


@click.command()
@options.PORT
@options.SERVER_URL
@options.JSON
@options.WAIT
@options.NOW
@options.ACCOUNT
@click.option(
    "--every",
    type=options.Seconds(0.1),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How often the screen is looked at.",
)
@click.option("--forever", is_flag=True, help="Watch on after a login, until Ctrl-C.")
@spoken
def watch(every: float, forever: bool, **options: object) -> int:
    """Wait for a login QR code to appear on the screen, and log in with it."""
    from sparekey.bridge.errors import BridgeError
    from sparekey.bridge.scan.watching import Watch
    from sparekey.cli.login import log_in

    watching = Watch(every)
    say("Watching the screen for a login QR code. Ctrl-C ends it.")
    while True:
        text = watching.next_login()
        try:
            status = log_in(text, **options)  # type: ignore[arg-type]
        except BridgeError as error:
            if not forever:
                raise
            # a token that isn't there, another server's code: the next login may be all right
            report(error, as_json=bool(options["as_json"]))
            continue
        if not forever:
            return status
