"""Options that several of the bridge's commands share."""

import click

PORT = click.option(
    "--port",
    metavar="PATH",
    envvar="SPAREKEY_PORT",
    help="The token's serial port, or its id; needed only where there are several.",
)
SERVER_URL = click.option(
    "--server-url",
    metavar="URL",
    envvar="SPAREKEY_SERVER_URL",
    help="The server's address, instead of the one from the QR code or from enrolment.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Answers for a program: JSON, one object a line.")
