"""``sparekey server``: the emulator."""

import re
import sqlite3
import sys
from pathlib import Path

import click

from .lazy_group import LazyGroup
from .talk.addresses import cannot_listen
from .talk.database import postgresql_url, why


class HostPort(click.ParamType[tuple[str, int]]):
    """``HOST:PORT``; an IPv6 host in brackets."""

    name = "HOST:PORT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """The host and the port."""
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            self.fail(f"{value!r} is not HOST:PORT, as in 127.0.0.1:8080", param, ctx)
        return host.strip("[]"), int(port)


def _web_address(ctx: click.Context, param: click.Parameter, url: str | None) -> str | None:
    if url is not None and not re.fullmatch(r"https?://[^/?#\s]+[^?#\s]*", url):
        raise click.BadParameter(f"{url!r} is no web address, as https://login.example.org", ctx, param)
    return url


_HERE = "sparekey.cli."
TABLE = {
    "run": (_HERE + "server:run", "Answer calls until told to stop."),
    "servers": (_HERE + "server_admin:servers", "The servers of the service."),
    "accounts": (_HERE + "server_admin:accounts", "The accounts of a server: list, block, remove."),
    "keys": (_HERE + "server_admin:keys", "The API keys: list, add, remove."),
    "audit": (_HERE + "server_audit:audit", "What happened last."),
    "rotate-key": (_HERE + "server_upkeep:rotate_key", "Change the master key and reseal all keys."),
    "backup": (_HERE + "server_upkeep:backup", "Write a backup, while the service runs."),
    "restore": (_HERE + "server_upkeep:restore", "Put a backup in place of what there is."),
}


@click.group(cls=LazyGroup, table=TABLE)
def server() -> None:
    """The server emulator."""


@click.command()
@click.option("--listen", type=HostPort(), required=True, help="Where to answer; port 0 takes a free one.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder for the database, the master key and the first API key.",
)
@click.option(
    "--database",
    metavar="URL",
    callback=postgresql_url,
    envvar="SPAREKEY_DATABASE",
    show_envvar=True,
    help="postgresql://… instead of SQLite in the folder; with a password in it, use the variable.",
)
@click.option("--demo", is_flag=True, help="Serve the demo site at /.")
@click.option(
    "--app/--no-app",
    "app",
    default=True,
    help="Whether bridges are answered (/app/…). Without, a login goes the offline way.",
)
@click.option(
    "--app-listen",
    type=HostPort(),
    help="An address of its own for the app side; it goes into the enrolment's QR codes.",
)
@click.option(
    "--control",
    type=HostPort(),
    help="A loopback address for POST /app/off and /app/on, which close and open --app-listen.",
)
@click.option(
    "--reuse-port", is_flag=True, help="Let several workers answer at one address; they share --data."
)
@click.option(
    "--public-url",
    metavar="URL",
    callback=_web_address,
    help="How web applications and browsers reach this server.",
)
@click.option("--app-url", metavar="URL", callback=_web_address, help="How bridges reach the app side.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="How much is told on standard error.",
)
def run(
    listen: tuple[str, int],
    data: Path,
    database: str | None,
    demo: bool,
    app: bool,
    app_listen: tuple[str, int] | None,
    control: tuple[str, int] | None,
    public_url: str | None,
    app_url: str | None,
    reuse_port: bool,
    log_level: str,
) -> None:
    """Answer calls until told to stop (Ctrl-C, SIGTERM).

    The address is printed once it answers. The first API key, root's, is then in the folder, in the file
    apikey; "sparekey server keys add" makes others.

    \b
    Examples:
      sparekey server run --listen 127.0.0.1:8080 --data ./server --demo
      sparekey server run --listen 127.0.0.1:0 --data ./server --no-app
      SPAREKEY_DATABASE=postgresql://... sparekey server run \\
        --listen 0.0.0.0:8000 --data ./server --reuse-port
    """
    try:
        from sparekey.server.errors import StoreUnavailable
        from sparekey.server.http.control import is_loopback
        from sparekey.server.http.listener import AddressRefused
        from sparekey.server.keys.master_key import KeyFault
        from sparekey.server.monitoring import logs
        from sparekey.server.running import Settings, event_loop
        from sparekey.server.running import run as serve
    except ModuleNotFoundError as missing:
        raise click.ClickException(f"{missing.name} is missing: pip install 'sparekey[server]'") from None

    if control is not None and app_listen is None:
        raise click.UsageError("--control needs --app-listen: that is what it closes and opens.")
    if control is not None and not is_loopback(control[0]):
        raise click.UsageError("--control is for a loopback address only.")
    logs.to_stderr(log_level)
    settings = Settings(
        listen, data, database, demo, app, app_listen, control, public_url, app_url, reuse_port
    )
    try:
        with event_loop() as runner:
            runner.run(_key_is_not_lost(data, database))
            runner.run(serve(settings, _say))
    except AddressRefused as fault:
        named = {control: "--control", app_listen: "--app-listen", listen: "--listen"}
        click.echo(
            f"The server can't start: {cannot_listen(fault.address, fault, named[fault.address])}", err=True
        )
        sys.exit(1)
    except (StoreUnavailable, KeyFault, OSError, ValueError, sqlite3.DatabaseError) as fault:
        click.echo(f"The server can't start: {why(fault, data, database)}", err=True)
        sys.exit(1)


async def _key_is_not_lost(data: Path, database: str | None) -> None:
    from sparekey.server.keys import key_check
    from sparekey.server.keys.master_key import FILE
    from sparekey.server.store import FILE as DATABASE
    from sparekey.server.store import open_store

    if key_check.is_there(data / FILE) or (database is None and not (data / DATABASE).exists()):
        return
    store = open_store(data, database)
    await store.start()
    try:
        await key_check.not_lost(store, data / FILE)
    finally:
        await store.stop()


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
