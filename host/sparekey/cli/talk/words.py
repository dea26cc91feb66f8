"""What is said: answers on stdout, talk on stderr, nothing that could steer a terminal."""

import click


def printable(text: str) -> str:
    """``text`` from outside (a QR code, a server, a token) without control characters."""
    return "".join(character if character.isprintable() else "�" for character in text)


def say(text: str) -> None:
    """Talk, on stderr."""
    click.echo(text, err=True)


def answer(text: str) -> None:
    """The answer, on stdout; in a pipe at once."""
    click.echo(text)
