"""``sparekey token …``: what a token says of itself, and what can be done with it from here."""

import json
import time
from typing import TYPE_CHECKING

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.waits import Waits
from sparekey.cli.talk.words import answer, printable, say

if TYPE_CHECKING:
    from sparekey.bridge.token import Token

# seconds without a word: a PIN is stretched in slices on a small chip
_SLOW = 120.0


def opened(port: str | None) -> "Token":
    """The token, found or named."""
    from sparekey.bridge.token import Token

    return Token.open(port)


@click.command()
@options.PORT
@options.JSON
@spoken
def info(port: str | None, as_json: bool) -> None:
    """What the token says of itself."""
    with opened(port) as token:
        said = token.hello()
        path = token.path
    ahead = said.unix - int(time.time())
    if as_json:
        told = {**vars(said), "token_id": said.token_id.hex(), "port": path}
        answer(json.dumps(told))
        return
    clock = f"{ahead:+d} s from this computer's" if said.clock == "set" else "unset: it has lost its time"
    for name, value in (
        ("token", said.token_id.hex()),
        ("port", path),
        ("board", said.board),
        ("firmware", said.firmware),
        ("clock", clock),
        ("moved", "never" if said.offset is None else f"{said.offset:+d} s the last time"),
        ("drift", _drift(said.drift)),
        ("PIN", ("set, locked" if said.locked else "set") if said.pin else "not set"),
        ("accounts", f"{said.accounts} of {said.capacity}"),
    ):
        answer(f"{name:<9}{printable(str(value))}")


def _drift(ppm: int | None) -> str:
    if ppm is None:
        return "not known until the clock was moved over more than a day"
    return f"{abs(ppm)} ppm {'slow' if ppm > 0 else 'fast'}" if ppm else "0 ppm"


@click.command()
@options.PORT
@options.JSON
@spoken
def accounts(port: str | None, as_json: bool) -> None:
    """The accounts that the token holds."""
    with opened(port) as token:
        held = token.accounts()
    if as_json:
        answer(json.dumps({"accounts": held}))
        return
    if not held:
        say("The token holds no account. 'sparekey enrol' adds one.")
    for one in held:
        answer(f"{one['index']:>3}  {printable(one['name'])}  {printable(one.get('server', ''))}")


@click.command()
@options.PORT
@options.JSON
@spoken
def set_time(port: str | None, as_json: bool) -> None:
    """Set the token's clock to this computer's time, with a press on the token."""
    with opened(port) as token:
        say("Compare the time that the token shows with a clock you trust.")
        moved = token.call("time.set", {"unix": int(time.time()), "proof": None}, Waits())["offset"]
    answer(json.dumps({"offset": moved}) if as_json else f"The clock was moved by {moved:+d} s.")


@click.command()
@click.argument("account")
@options.PORT
@options.JSON
@spoken
def remove(account: str, port: str | None, as_json: bool) -> None:
    """Remove ACCOUNT (its number or its name, as 'token accounts' lists them), with a press on the token."""
    with opened(port) as token:
        index = _index(token, account)
        say("The token shows the account that goes. The server is not told.")
        token.call("accounts.remove", {"index": index}, Waits())
    answer(json.dumps({"removed": index}) if as_json else "Removed.")


def _index(token: "Token", account: str) -> int:
    from sparekey.bridge.errors import NoSuchAccount, SeveralAccounts

    held = token.accounts()
    fitting = [one["index"] for one in held if account in (str(one["index"]), one["name"])]
    if not fitting:
        raise NoSuchAccount(account)
    if len(fitting) > 1:
        raise SeveralAccounts(", ".join(map(str, fitting)))
    return int(fitting[0])


@click.command()
@options.PORT
@options.JSON
@spoken
def pin(port: str | None, as_json: bool) -> None:
    """Set, change or take off the PIN. It is typed on the token only, never here."""
    _simple(
        "pin.change",
        "Follow what the token shows: the PIN is typed with its buttons.",
        "Done.",
        port,
        as_json,
    )


@click.command()
@options.PORT
@options.JSON
@spoken
def lock(port: str | None, as_json: bool) -> None:
    """Lock the token: its PIN is needed before it is used again."""
    _simple("lock", "", "Locked.", port, as_json)


@click.command()
@options.PORT
@options.JSON
@spoken
def wipe(port: str | None, as_json: bool) -> None:
    """Remove every account and the PIN for good, with a press on the token."""
    _simple(
        "wipe",
        "All accounts on the token go, for good. It asks twice.",
        "Wiped.",
        port,
        as_json,
    )


def _simple(method: str, talk: str, done: str, port: str | None, as_json: bool) -> None:
    with opened(port) as token:
        if talk:
            say(talk)
        token.call(method, {}, Waits(), patience=_SLOW)
    answer(json.dumps({"done": method}) if as_json else done)
