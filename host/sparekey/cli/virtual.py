"""``sparekey token virtual``: the firmware on the virtual board."""

import socket
import sys
from pathlib import Path

import click

from sparekey.cli.talk.addresses import cannot_listen
from sparekey.deploy.errors import DeployError
from sparekey.deploy.source import device_source

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter("an address is HOST:PORT")
    if host not in _LOOPBACK:
        raise click.BadParameter("the control address is for this computer only: 127.0.0.1, ::1 or localhost")
    return ("127.0.0.1" if host == "localhost" else host), int(port)


def _listening(address: tuple[str, int]) -> socket.socket:
    from sparekey.virtual.serving import listening

    try:
        return listening(*address)
    except OSError as fault:
        raise OSError(cannot_listen(address, fault, "--control")) from fault


@click.command()
@click.option(
    "--state",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for what the chips keep; made if need be.",
)
@click.option(
    "--port",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Becomes a link to the token's serial port.",
)
@click.option(
    "--control",
    required=True,
    metavar="HOST:PORT",
    callback=_address,
    help="Where the OLED and the buttons are; port 0 takes a free one.",
)
@click.option(
    "--vm",
    type=click.Choice(["cpython", "micropython"]),
    default="cpython",
    show_default=True,
    help="What runs the firmware; micropython does so in a heap of 128 KB.",
)
@click.option("--heap", default="128k", show_default=True, metavar="SIZE", help="MicroPython's heap.")
@click.option(
    "--start",
    metavar="STATE",
    help="Begin anew as fresh, enrolled, accounts=N, locked, wrong-pins=N, clock-lost or vault-full"
    " (PIN 1234).",
)
def virtual(state: Path, port: Path, control: tuple[str, int], vm: str, heap: str, start: str | None) -> None:
    """Run the firmware on the virtual board until Ctrl-C."""
    import asyncio

    from sparekey.virtual.board import Board
    from sparekey.virtual.cable import CableFault, reserved
    from sparekey.virtual.firmware_files import FirmwareFiles
    from sparekey.virtual.interpreter import CPython, Interpreter, MicroPython, NoInterpreter
    from sparekey.virtual.mapped import InUse, reserve
    from sparekey.virtual.serving import serve
    from sparekey.virtual.states import NoSuchState, State

    try:
        begins = State.parse(start) if start else None
    except NoSuchState as refusal:
        raise click.BadParameter(str(refusal), param_hint="--start") from refusal
    try:
        source = device_source()
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        interpreter: Interpreter
        if vm == "micropython":
            interpreter = MicroPython(source.package, state, heap)
        else:
            interpreter = CPython(FirmwareFiles.of(source.firmware, source.boards / "virtual"), state)
        with reserve(state), reserved(port), _listening(control) as answering:
            asyncio.run(serve(Board(state, port, interpreter), begins, answering, click.echo))
    except (CableFault, DeployError, InUse, NoInterpreter, OSError) as fault:
        click.echo(f"The virtual token can't run: {fault}", err=True)
        sys.exit(1)
