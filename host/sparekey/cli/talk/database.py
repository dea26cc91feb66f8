"""The server's database in words: the option that names it, and why it can't be used."""

import click

from sparekey.server.errors import StoreUnavailable

from .words import cause


def postgresql_url(ctx: click.Context, param: click.Parameter, url: str | None) -> str | None:
    """``--database``, checked; what is wrong with it is told without it, since a password may be in it."""
    if url is not None and not url.startswith(("postgresql://", "postgres://")):
        raise click.BadParameter("a database's URL begins with postgresql://", ctx, param)
    return url


def why(fault: Exception) -> str:
    """What hinders a command that works on the store, with what to do about it."""
    words = cause(fault).rstrip(".") + "."
    if isinstance(fault, StoreUnavailable):
        words += " Does PostgreSQL run there, and is the URL right (--database, SPAREKEY_DATABASE)?"
    return words
