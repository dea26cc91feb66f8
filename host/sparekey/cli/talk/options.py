"""Options that several of the bridge's commands share; what is not given comes from the settings file."""

import math
from collections.abc import Callable
from typing import Any

import click


def setting(name: str) -> Callable[[], Any]:
    """The default of an option: the setting called ``name``, read only when it is asked for."""

    def read() -> Any:
        from sparekey.bridge.errors import BridgeError
        from sparekey.bridge.settings import read

        try:
            return read().get(name)
        except BridgeError as error:
            raise click.UsageError(f"{error} {error.next_step}") from error

    return read


class Seconds(click.FloatRange):
    """So many seconds and no others: neither ``inf`` nor ``nan``, which no clock counts and no JSON has."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds; a usage error where ``value`` has none."""
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


PORT = click.option(
    "--port",
    metavar="PATH",
    envvar="SPAREKEY_PORT",
    default=setting("port"),
    help="The token's serial port, or its id; needed only where there are several.",
)
SERVER_URL = click.option(
    "--server-url",
    metavar="URL",
    envvar="SPAREKEY_SERVER_URL",
    default=setting("server_url"),
    help="The server's address, instead of the one from the QR code or from enrolment.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Answers for a program: JSON, one object a line.")
WAIT = click.option(
    "--wait",
    type=Seconds(0),
    metavar="SECONDS",
    default=setting("wait"),
    help="How long the server is given before the one-time password is offered (60).",
)
NOW = click.option("--now", is_flag=True, help="Get the one-time password now.")
ACCOUNT = click.option(
    "--account",
    metavar="NAME",
    default=setting("account"),
    help="The account, where the token has several for the server.",
)
