"""``sparekey manual``: the manual page, made from the commands themselves."""

import inspect
from collections.abc import Iterator

import click

from sparekey.cli.talk.words import answer

_STATUSES = (
    ("0", "done"),
    ("1", "refused or failed, with nextAuth's number and name"),
    ("2", "wrong usage"),
    ("3", "no token"),
    ("4", "no server"),
    ("130", "interrupted"),
)
_VARIABLES = (
    ("SPAREKEY_PORT", "as --port"),
    ("SPAREKEY_SERVER_URL", "as --server-url"),
)


@click.command()
def manual() -> None:
    """Print the manual page: sparekey manual | man -l -"""
    answer("\n".join(page()))


def page() -> Iterator[str]:
    """The page in man(7)'s language, line by line."""
    from sparekey.cli.commands import sparekey
    from sparekey_token import __version__

    yield f'.TH SPAREKEY 1 "" "Sparekey {__version__}"'
    yield ".SH NAME"
    yield r"sparekey \- log in with a hardware token when the phone or the network is no help"
    yield ".SH SYNOPSIS"
    yield ".B sparekey"
    yield r"\fICOMMAND\fR [\fIOPTIONS\fR]"
    yield ".SH COMMANDS"
    root = click.Context(sparekey, info_name="sparekey")
    yield from _commands(sparekey, root)
    yield ".SH EXIT STATUS"
    yield from _list(_STATUSES)
    yield ".SH ENVIRONMENT"
    yield from _list(_VARIABLES)
    yield ".SH FILES"
    yield "The user's settings are in \\fIsettings.toml\\fR, all of them optional, and the servers' addresses"
    yield "in \\fIservers.json\\fR, both in the platform's place for settings ('sparekey doctor' names it)."


def _commands(group: click.Group, parent: click.Context) -> Iterator[str]:
    for name in group.list_commands(parent):
        command = group.get_command(parent, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=parent)
        if isinstance(command, click.Group):
            yield from _commands(command, context)
            continue
        usage = " ".join(command.collect_usage_pieces(context))
        yield f".SS {_escaped(context.command_path)} {_escaped(usage)}"
        for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
            yield ".PP"
            if paragraph.startswith("\b"):  # lines that stay as they are: examples
                yield from (".nf", *map(_escaped, paragraph.strip("\b\n").split("\n")), ".fi")
            else:
                yield _escaped(" ".join(paragraph.split()))
        records = [record for one in command.params if (record := one.get_help_record(context))]
        yield from _list(records)


def _list(
    items: "Iterator[tuple[str, str]] | tuple[tuple[str, str], ...] | list[tuple[str, str]]",
) -> Iterator[str]:
    for term, words in items:
        yield ".TP"
        yield rf"\fB{_escaped(term)}\fR"
        yield _escaped(words)


def _escaped(text: str) -> str:
    text = text.replace("\\", r"\e").replace("-", r"\-")
    # a dot or a quote at the start of a line would be a command
    return r"\&" + text if text[:1] in (".", "'") else text
