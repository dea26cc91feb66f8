"""``sparekey deploy``: firmware and libraries onto a board's CIRCUITPY drive."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sparekey_token import __version__

from .talk.failures import INTERRUPTED
from .talk.options import Seconds
from .talk.words import is_terminal, printable

if TYPE_CHECKING:
    from sparekey.deploy.errors import DeployError


@click.command()
@click.option(
    "--board", "key", required=True, metavar="NAME", help="The board, as 'sparekey boards' calls it."
)
@click.argument("drive", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option(
    "--mpy-cross",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CircuitPython's own compiler of the board's version: modules go as byte code.",
)
@click.option(
    "--bundle", type=click.Path(dir_okay=False, path_type=Path), help="Write a zip instead of a drive."
)
@click.option("--port", help="The token's serial port, where more than one is plugged in.")
@click.option(
    "--wait", type=Seconds(min=0), default=60, show_default=True, metavar="SECONDS",
    help="How long to wait for the token's hello; 0 doesn't.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def deploy(
    key: str,
    drive: Path | None,
    dry_run: bool,
    mpy_cross: Path | None,
    bundle: Path | None,
    port: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Put firmware and libraries onto DRIVE, or onto the CIRCUITPY drive that is plugged in.

    Only what changed is written, and read back. Accounts and your own files stay. The token starts
    with the old firmware or with the new one, whenever the cable is pulled.

    \b
    Examples:
      sparekey deploy --board raspberry_pi_pico
      sparekey deploy --board raspberry_pi_pico --dry-run /media/me/CIRCUITPY
      sparekey deploy --board qtpy_esp32s3 --bundle sparekey.zip
    """
    from sparekey.deploy.errors import DeployError

    try:
        if bundle is not None:
            answer = _bundle(key, bundle, mpy_cross)
        else:
            answer = _deploy(key, drive, dry_run, mpy_cross, port, wait)
    except DeployError as fault:
        tell(fault, as_json)
        sys.exit(fault.exit_status)
    except KeyboardInterrupt:
        click.echo("Interrupted. The token still starts; deploy again to complete it.", err=True)
        sys.exit(INTERRUPTED)
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    elif "hello" in answer:
        click.echo(f"Token {answer['hello']['token_id']} runs firmware {answer['hello']['firmware']}.")


def tell(fault: "DeployError", as_json: bool) -> None:
    """Says on stderr what went wrong, or on stdout for a program."""
    if as_json:
        error = {"number": None, "name": fault.name, "message": str(fault), "next_step": ""}
        click.echo(json.dumps({"error": error}))
    else:
        # a drive's files, a token and a compiler have their words in it
        words = "\n".join(map(printable, str(fault).splitlines()))
        click.echo(f"Error ({fault.name}): {words}", err=True)


def _board(key: str) -> Any:
    from sparekey.deploy.board import board_names, load_board
    from sparekey.deploy.source import device_source

    folder = device_source().boards
    known = board_names(folder)
    if key not in known:
        raise click.BadParameter(
            f"no board is called {key!r}. There are: {', '.join(known)}.", param_hint="--board"
        )
    return load_board(folder / key)


def _bundle(key: str, file: Path, mpy_cross: Path | None) -> dict[str, Any]:
    from sparekey.deploy import boot_out
    from sparekey.deploy.bundle import write_bundle
    from sparekey.deploy.byte_code import compiler
    from sparekey.deploy.image import build
    from sparekey.deploy.source import device_source

    image = build(_board(key), device_source(), compiler(mpy_cross, boot_out.TRIED) if mpy_cross else None)
    write_bundle(image, file)
    click.echo(f"{file}: {len(image.files)} files, {_kilobytes(image.size)}", err=True)
    return {"board": key, "firmware": __version__, "bundle": str(file), "files": image.hashes()}


def _deploy(
    key: str, drive: Path | None, dry_run: bool, mpy_cross: Path | None, port: str | None, wait: float
) -> dict[str, Any]:
    from sparekey.deploy import boot_out, drives, installing
    from sparekey.deploy.byte_code import compiler
    from sparekey.deploy.eject import eject
    from sparekey.deploy.greeting import wait_for_hello
    from sparekey.deploy.image import build
    from sparekey.deploy.restart import restart
    from sparekey.deploy.source import device_source

    board = _board(key)
    source = device_source()
    image = build(board, source)  # a board that can't be a token is refused before any drive is looked for
    place = drive or drives.find_drive(drives.candidates(), unmounted=drives.unmounted_device())
    found = installing.read_boot_out(place)
    installing.check_fits_board(found, board)
    notice = boot_out.warning(found)
    if notice:
        click.echo(printable(notice), err=True)
    if mpy_cross:
        image = build(board, source, compiler(mpy_cross, found.version))
    with installing.alone_on(place):
        prepared = installing.prepare(place, image)
        plan = prepared.plan
        answer: dict[str, Any] = {
            "board": key,
            "drive": str(place),
            "circuitpython": found.text,
            "firmware": __version__,
            "added": plan.added,
            "replaced": plan.replaced,
            "removed": plan.removed,
            "dry_run": dry_run,
        }
        click.echo(
            f"{board.name} at {printable(str(place))}, CircuitPython {printable(found.text)}", err=True
        )
        _say_changes(answer, place)
        if dry_run:
            click.echo("Nothing is written: this was a dry run.", err=True)
            return answer
        installing.install(prepared, lambda step, number, count: _say_step(number, count))
    answer["ejected"] = eject(place)
    answer["restarted"] = answer["ejected"] and restart(found.uid)
    if plan.changes and not answer["restarted"]:
        click.echo(_next_words(answer["ejected"]), err=True)
    if wait:
        hello = wait_for_hello(__version__, key, wait, port=port)
        answer["hello"] = {"token_id": hello.token_id.hex(), "firmware": hello.firmware, "board": hello.board}
    return answer


def _say_changes(answer: dict[str, Any], place: Path) -> None:
    for act, sign in (("added", "+"), ("replaced", "~"), ("removed", "-")):
        for path in answer[act]:
            click.echo(f"{sign} {printable(path)}", err=True)
    counts = {act: len(answer[act]) for act in ("added", "replaced", "removed")}
    if any(counts.values()):
        words = ", ".join(f"{count} {act}" for act, count in counts.items() if count)
        click.echo(f"{words}: firmware {answer['firmware']}", err=True)
    else:
        click.echo(
            f"{printable(str(place))} already holds firmware {answer['firmware']}; nothing to write.",
            err=True,
        )


def _say_step(number: int, count: int) -> None:
    if is_terminal(sys.stderr):
        click.echo(f"\rstep {number} of {count}", err=True, nl=number == count)


def _next_words(ejected: bool) -> str:
    before = "The drive is ejected." if ejected else "Eject the drive."
    return f"{before} Unplug the token and plug it in again, without holding a button."


def _kilobytes(size: int) -> str:
    return f"{size / 1024:.0f} KB"
