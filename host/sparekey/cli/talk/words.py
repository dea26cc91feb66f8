"""What is said: answers on stdout, talk on stderr, nothing that could steer a terminal."""

import os
import shutil
import sys
import unicodedata
from typing import TextIO

import click


def printable(text: str) -> str:
    """``text`` from outside (a QR code, a server, a token) without control characters."""
    return "".join(character if character.isprintable() else "�" for character in text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether ``stream`` is one; Python has None where the program was started without it."""
    return stream is not None and stream.isatty()


def say(text: str) -> None:
    """Talk, on stderr; in a terminal no word is broken at its edge."""
    if is_terminal(sys.stderr):
        text = "\n".join(row for line in text.split("\n") for row in wrapped(line, terminal_columns()))
    click.echo(text, err=True)


def terminal_columns() -> int:
    """Of the terminal that talk goes to; COLUMNS may be another's, or from before it was resized."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or shutil.get_terminal_size().columns
    except (OSError, ValueError):  # no terminal, or no file at all
        return shutil.get_terminal_size().columns


def wrapped(line: str, columns: int) -> list[str]:
    """``line`` in rows of at most so many columns, indented as it is; a longer word has a row of its own."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    rows = [line]
    while _width(rows[-1]) > columns:
        row, fits = rows[-1], 0
        for place in range(len(indent) + 1, len(row)):
            if row[place] == " " and (fits == 0 or _width(row[:place]) <= columns):
                fits = place
        if not fits:
            break
        rows[-1:] = [row[:fits].rstrip(" "), indent + row[fits:].lstrip(" ")]
    return rows


def _width(text: str) -> int:
    """The columns that a terminal gives to ``text``."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def cause(fault: Exception) -> str:
    """What ``fault`` says; the file first and without the system's number where it is about one."""
    if isinstance(fault, OSError) and fault.filename and fault.strerror:
        return f"{fault.filename}: {fault.strerror}."
    return str(fault)


def answer(text: str) -> None:
    """The answer, on stdout; in a pipe at once."""
    click.echo(text)
