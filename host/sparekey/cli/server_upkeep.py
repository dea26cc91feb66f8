"""``sparekey server rotate-key|backup|restore``: all of them while the service runs."""

import json
import time
from pathlib import Path

import click

from sparekey.server.keys import key_check, rotation
from sparekey.server.keys.master_key import FILE, KeyFault, MasterKeys
from sparekey.server.monitoring import audit
from sparekey.server.store import Store, Transaction
from sparekey.server.store import backup as backups

from .server_store import as_json, of_store, with_store


@click.command("rotate-key")
@click.option("--reseal-only", is_flag=True, help="Reseal under the highest key that is there, add none.")
@of_store
@as_json
def rotate_key(reseal_only: bool, data: Path, database: str | None, in_json: bool) -> None:
    """Add a master key, reseal all keys under it, take the older ones out of the file.

    Where the master keys are in SPAREKEY_MASTER_KEY, or on several machines, put the new one there first,
    use --reseal-only, then take the old one away.
    """

    async def work(store: Store, keys: MasterKeys) -> tuple[int, int]:
        change = rotation.reseal if reseal_only else rotation.rotate
        count, number = await change(store, keys), keys.current
        outcome = "resealed" if reseal_only else "rotated"
        await audit.change(
            store,
            int(time.time()),
            audit.COMMAND,
            lambda _, by: by.note("master_key", outcome, f"{count} keys are under {number}"),
        )
        return count, number

    count, number = with_store(data, database, work)
    if in_json:
        click.echo(json.dumps({"resealed": count, "master_key": number}))
    else:
        click.echo(f"{count} keys are under master key {number} now.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@of_store
@as_json
def backup(file: Path, data: Path, database: str | None, in_json: bool) -> None:
    """Write all that there is at this moment to FILE (mode 600), while the service runs.

    Keys stay sealed in it. Keep a copy of the master key somewhere else: without it they can't be opened.
    """
    if not file.parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}", param_hint="FILE")
    count = with_store(data, database, lambda store, keys: backups.backup(store, file))
    click.echo(json.dumps({"rows": count}) if in_json else f"{count} rows are in {file}.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.confirmation_option(prompt="Everything in the store is replaced by the backup. Go on?")
@of_store
@as_json
def restore(file: Path, data: Path, database: str | None, in_json: bool) -> None:
    """Put the backup in FILE in place of all that there is, while the service runs.

    QR codes from before are dead afterwards, and wrong tries since then are not forgiven.
    """

    async def work(store: Store, keys: MasterKeys) -> int:
        try:
            count = await backups.restore(store, file, _note)
        except backups.NotABackup as fault:
            raise ValueError(f"{file} can't be restored: {fault}") from None
        try:
            await key_check.fits(store, keys)
        except KeyFault:
            click.echo(
                f"The backup's keys are sealed under another master key than {data / FILE}: put the one of"
                " its server there, or no login is taken.",
                err=True,
            )
        return count

    count = with_store(data, database, work, new=True)
    click.echo(json.dumps({"rows": count}) if in_json else f"{count} rows are restored.")


def _note(transaction: Transaction, rows: int) -> None:
    by = audit.By(int(time.time()))
    by.note("store", "restored", f"{rows} rows")
    audit.keep(transaction, by.trail)
