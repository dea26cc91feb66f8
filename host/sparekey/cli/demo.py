"""``sparekey demo``: a server, its demo site and a virtual token together."""

import json
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from PIL import Image

    from sparekey.demo.person import Person

_WELCOME = """\
The demo site:  {site}
Your token:     {control}   (its OLED and buttons; the serial port is {port})

1. Open both pages side by side. On the site choose "Add your token", type a user id, show the QR code.
   The token says that its clock has no time yet: adding the account sets it.
2. In another terminal:  {bridge} enrol screen --port {port}
   Press OK on the token. It and the site show a check code: the same? Say so on both.
3. Sign in:  {bridge} login screen --port {port}
   Press OK on the token: with the server in reach, that is all.
4. Sign out, and do it as if there were no network: the same command with --now at its end.
   Press OK, and type what the token shows into the site.

No screen to look at? Save a picture of the QR code, and name its file instead of "screen".
Ctrl-C ends the demo.{kept}
"""


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """``HOST:PORT`` as it is, looked at before a child process is told."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"{text!r} is not HOST:PORT, as in 127.0.0.1:8080")
    return text


@click.command()
@click.option("--once", is_flag=True, help="Play an enrolment and an offline login, show the OLED, and end.")
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep each OLED picture in this folder.",
)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep server and token here.")
@click.option("--vm", type=click.Choice(["cpython", "micropython"]), default="cpython", help="The token's.")
@click.option(
    "--listen",
    default="127.0.0.1:8080",
    show_default=True,
    metavar="HOST:PORT",
    callback=_address,
    help="The site's address.",
)
@click.option(
    "--control",
    default="127.0.0.1:8081",
    show_default=True,
    metavar="HOST:PORT",
    callback=_address,
    help="The token's page; on this computer only.",
)
def demo(once: bool, pictures: Path | None, data: Path | None, vm: str, listen: str, control: str) -> None:
    """A server with its demo site and a virtual token, until Ctrl-C.

    With --once it plays by itself: adds an account, shuts the server's app side so that the bridge
    can't reach it, logs in with the one-time password read from the OLED, and shows each screen.
    Exits 0 only if the server accepted it.
    """
    # what a person's Ctrl-C does, a service manager's SIGTERM and a terminal that is closed should do, too
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _end)
    from sparekey.demo.children import ChildFailed

    try:
        with ExitStack() as stack:
            folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sparekey-demo-")))
            folder.mkdir(parents=True, exist_ok=True)
            if once:
                _play(folder, stack, pictures, vm)
            else:
                _run(folder, stack, vm, listen, control, kept=data is not None)
    except ChildFailed as fault:
        hint = f"\nName other addresses: {_program()} demo --listen 127.0.0.1:0 --control 127.0.0.1:0"
        raise click.ClickException(str(fault) + (hint if "in use" in str(fault) else "")) from None
    except KeyboardInterrupt:
        sys.exit(130)


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _program() -> str:
    """This command as a person in this shell can type it: by its name alone where that finds it."""
    name = Path(sys.argv[0]).name
    return name if shutil.which(name) else sys.argv[0]


def _run(folder: Path, stack: ExitStack, vm: str, listen: str, control: str, *, kept: bool) -> None:
    from sparekey.demo.children import Child, ChildFailed

    port = folder / "token.port"
    command = ["server", "run", "--listen", listen, "--data", str(folder / "server"), "--demo"]
    server = stack.enter_context(Child(command, "listening on ", folder / "server.log"))
    command = [
        "token",
        "virtual",
        "--state",
        str(folder / "token"),
        "--port",
        str(port),
        "--control",
        control,
    ]
    token = stack.enter_context(Child([*command, "--vm", vm], "control at ", folder / "token.log"))
    words = f" What it made stays in {folder}." if kept else " What it made goes with it (see --data)."
    click.echo(
        _WELCOME.format(
            site=server.announced, control=token.announced, port=port, bridge=_program(), kept=words
        )
    )
    while server.running and token.running:
        time.sleep(0.5)
    raise ChildFailed(f"the {'token' if server.running else 'server'} ended by itself")


def _play(folder: Path, stack: ExitStack, pictures: Path | None, vm: str) -> None:
    import httpx

    from sparekey.demo import oled
    from sparekey.demo.person import NotSeen, Person
    from sparekey.demo.play import BridgeFailed, Played

    seen = 0

    def looked(text: str, picture: "Image.Image") -> None:
        nonlocal seen
        seen += 1
        click.echo(oled.shown(text, picture, shutil.get_terminal_size().columns))
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            picture.save(pictures / f"{seen:02}.png")

    def holding(address: str) -> "Person":
        return Person(address, looked)

    try:
        played = Played(folder, stack, click.echo, vm, holding)
        code = played.enrol("ada")
        click.echo(f"Token and page both showed the check code {code}; the account is active.")
        played.shut_the_app_side()
        click.echo("The server's app side is shut: no bridge reaches it now.")
        status = played.log_in()
    except (BridgeFailed, NotSeen, TimeoutError, httpx.HTTPError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("LoginStatus " + json.dumps(status, indent=2))
    if status.get("loggedin") is not True or status.get("otplogin") is not True:
        raise click.ClickException("the server did not accept the one-time password")
