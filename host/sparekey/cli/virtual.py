"""``sparekey token virtual``: the firmware on the virtual board."""

import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sparekey.cli.talk.addresses import cannot_listen
from sparekey.cli.talk.words import cause
from sparekey.deploy.errors import DeployError
from sparekey.deploy.source import device_source

if TYPE_CHECKING:
    from sparekey.virtual.soldered import Parts

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"{text!r} is not HOST:PORT, as in 127.0.0.1:8081")
    if host not in _LOOPBACK:
        raise click.BadParameter("the control address is for this computer only: 127.0.0.1, ::1 or localhost")
    return ("127.0.0.1" if host == "localhost" else host), int(port)


def _heap(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*[km]", text.lower()):
        raise click.BadParameter(f"{text!r} is no size, as 128k or 1m")
    return text


def _listening(address: tuple[str, int]) -> socket.socket:
    from sparekey.virtual.serving import listening

    try:
        return listening(*address)
    except OSError as fault:
        raise OSError(cannot_listen(address, fault, "--control")) from fault


def _chosen(name: str, boards: Path) -> "tuple[Path, Parts]":
    """A board's folder and its chips: one of ``boards``, or a folder of one's own."""
    from sparekey.deploy.board import board_names, load_board, refusal
    from sparekey.virtual.soldered import CLOCKS, OLEDS, Parts

    known = board_names(boards)
    folder = boards / name if name in known else Path(name)
    if not (folder / "board.toml").is_file():
        words = f"no board is called {name!r}, and it is no board's folder. There are: {', '.join(known)}."
        raise click.BadParameter(words, param_hint="--board")
    board = load_board(folder)
    pins = board.pins
    refused = refusal(board)
    if refused is None and pins.get("OLED") not in OLEDS:
        refused = f"{board.name} names the display chip {pins.get('OLED')!r}. There are: {', '.join(OLEDS)}."
    if refused is None and pins["RTC"] not in CLOCKS:
        refused = f"{board.name} names the clock chip {pins['RTC']!r}. There are: {', '.join(CLOCKS)}."
    if refused is not None:
        raise click.BadParameter(refused, param_hint="--board")
    oled, clock, address, eeprom = (
        pins.get(name) for name in ("OLED", "RTC", "OLED_ADDRESS", "EEPROM_ADDRESS")
    )
    assert isinstance(oled, str)
    assert isinstance(clock, str)
    assert isinstance(address, int)
    return folder, Parts(oled, address, clock, eeprom if isinstance(eeprom, int) else None)


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
@click.option(
    "--heap",
    default="128k",
    show_default=True,
    metavar="SIZE",
    callback=_heap,
    help="MicroPython's heap, in k or m.",
)
@click.option(
    "--start",
    metavar="STATE",
    help="Begin anew as fresh, enrolled, accounts=N, locked, wrong-pins=N, clock-lost or vault-full"
    " (PIN 1234).",
)
@click.option(
    "--board",
    default="virtual",
    show_default=True,
    metavar="NAME",
    help="Run on this board's pins.py and chips: a name from 'sparekey boards', or a folder of your own.",
)
def virtual(
    state: Path, port: Path, control: tuple[str, int], vm: str, heap: str, start: str | None, board: str
) -> None:
    """Run the firmware on the virtual board until Ctrl-C.

    Open the control address in a browser to see the OLED and press the buttons.

    \b
    Examples:
      sparekey token virtual --state ./token \\
        --port ./token.port --control 127.0.0.1:8081
      sparekey token virtual --state ./other --port ./other.port \\
        --control 127.0.0.1:0 --start enrolled --board feather_rp2040
    """
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
        if vm == "micropython" and board != "virtual":
            raise click.BadParameter("micropython has no chips: no other board", param_hint="--board")
        folder, parts = _chosen(board, source.boards)
        if vm == "micropython":
            interpreter = MicroPython(source.package, state, heap)
        else:
            interpreter = CPython(FirmwareFiles.of(source.firmware, folder), state, parts)
        with reserve(state), reserved(port), _listening(control) as answering:
            asyncio.run(serve(Board(state, port, interpreter, parts), begins, answering, click.echo))
    except (CableFault, DeployError, InUse, NoInterpreter, OSError) as fault:
        click.echo(f"The virtual token can't run: {cause(fault)}", err=True)
        sys.exit(1)
