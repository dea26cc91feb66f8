"""The table of commands: a name, where it is, and what it does in a line."""

import shutil

import click

from sparekey_token import __version__

from .lazy_group import LazyGroup

_HERE = "sparekey.cli."

TOKEN = {
    "virtual": (_HERE + "virtual:virtual", "Run the firmware on the virtual board."),
    "info": (_HERE + "token:info", "What the token says of itself."),
    "accounts": (_HERE + "token:accounts", "The accounts that the token holds."),
    "remove": (_HERE + "token:remove", "Remove an account from the token."),
    "set-time": (_HERE + "token:set_time", "Set the token's clock, with a press on it."),
    "pin": (_HERE + "token:pin", "Set, change or take off the PIN, on the token."),
    "lock": (_HERE + "token:lock", "Lock the token."),
    "wipe": (_HERE + "token:wipe", "Remove every account for good."),
}

TABLE = {
    "login": (_HERE + "login:login", "Log in with a QR code: get a one-time password from the token."),
    "enrol": (_HERE + "enrol:enrol", "Add an account to the token."),
    "approve": (_HERE + "approve:approve", "Approve or decline a transaction, as the token shows it."),
    "watch": (_HERE + "watch:watch", "Wait for a login QR code on the screen, and log in with it."),
    "desk": (_HERE + "desk:desk", "Log in on a page of your own browser instead of a terminal."),
    "token": (_HERE + "commands:token", "Talk to a token, or run a virtual one."),
    "doctor": (_HERE + "doctor:doctor", "What is wrong here, and how to mend it."),
    "completion": (_HERE + "completion:completion", "Completion for bash, zsh or fish."),
    "manual": (_HERE + "manual:manual", "The manual page."),
    "server": (_HERE + "server:server", "The server emulator."),
    "boards": (_HERE + "boards:boards", "The boards that the firmware runs on."),
    "deploy": (_HERE + "deploy:deploy", "Put firmware and libraries onto a board's drive."),
    "demo": (_HERE + "demo:demo", "A server, a demo site and a virtual token together."),
}


def _settings() -> dict[str, object]:
    """Click's; it takes no terminal for narrower than 50 columns, and would break lines behind its edge."""
    columns = shutil.get_terminal_size().columns
    narrow = {"terminal_width": columns - 2} if 20 <= columns < 52 else {}
    return {"help_option_names": ["-h", "--help"], **narrow}


@click.group(cls=LazyGroup, table=TABLE, context_settings=_settings())
@click.version_option(__version__, message="sparekey %(version)s")
def sparekey() -> None:
    """Sparekey: log in with a hardware token when the phone or the network is no help."""


@click.group(cls=LazyGroup, table=TOKEN)
def token() -> None:
    """Talk to a token, or run a virtual one."""
