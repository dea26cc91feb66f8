"""What is said in a narrow terminal: no word is broken, nothing is lost."""

import errno
import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparekey.bridge.errors import ServerRefused, TokenRefused
from sparekey.cli.talk import failures
from sparekey.cli.talk.addresses import cannot_listen
from sparekey.cli.talk.words import wrapped

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@given(st.lists(WORDS, max_size=12), st.integers(0, 4), st.integers(1, 60))
def test_rows_break_between_words_alone(words: list[str], indent: int, columns: int) -> None:
    rows = wrapped(" " * indent + " ".join(words), columns)
    assert [word for row in rows for word in row.split(" ") if word] == words
    assert all(row.startswith(" " * indent) for row in rows if words)


@given(st.lists(st.text("abc", min_size=1, max_size=8), max_size=12), st.integers(0, 2))
def test_rows_fit_and_are_full(words: list[str], indent: int) -> None:
    rows = wrapped(" " * indent + " ".join(words), 10)
    assert all(len(row) <= 10 for row in rows)
    for row, following in pairwise(rows):
        assert len(row) + 1 + len(following.split()[0]) > 10


def test_wide_characters_take_two_columns() -> None:
    assert wrapped("水水 水水 水水", 9) == ["水水 水水", "水水"]
    assert wrapped("  水水 水水", 10) == ["  水水", "  水水"]


def test_words_are_broken_nowhere_in_a_terminal_of_forty_columns() -> None:
    text = "The token shows a check code. If the web page shows the same one, press OK on the token."
    command = f"from sparekey.cli.talk.words import say; say({text!r}); say('  1  ' + 'x' * 50)"
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 40))
    environment = {**os.environ, "COLUMNS": "100"}  # a shell's, from before the window was made narrow
    subprocess.run([sys.executable, "-c", command], stderr=theirs, env=environment, check=True)
    os.close(theirs)
    rows = _read_to_the_end(ours).decode().splitlines()
    assert rows[:3] == [
        "The token shows a check code. If the web",
        "page shows the same one, press OK on the",
        "token.",
    ]
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, env=environment, text=True, check=True
    )
    assert done.stderr.splitlines()[0] == text  # in a pipe it is one line


def _read_to_the_end(terminal: int) -> bytes:
    """What was written to a terminal that nobody holds any more: the kernel hands it over in pieces."""
    data = b""
    with suppress(OSError):  # Linux says EIO at the end
        while piece := os.read(terminal, 4096):
            data += piece
    os.close(terminal)
    return data


@pytest.mark.parametrize(
    ("address", "number", "words"),
    [
        (("::1", 80), errno.EACCES, "[::1]:80 is not for this user to listen at. Choose another --listen;"),
        (("10.9.9.9", 1), errno.EADDRNOTAVAIL, "10.9.9.9:1 is no address of this machine. Choose another"),
        (("nohost", 1), -2, "nohost:1 can't be listened at (Name or service not known). Choose another"),
    ],
)
def test_why_an_address_is_not_to_be_had(address: tuple[str, int], number: int, words: str) -> None:
    told = "Name or service not known" if number < 0 else os.strerror(number)
    assert cannot_listen(address, OSError(number, told), "--listen").startswith(words)


def test_no_name_of_an_error_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for refused in (TokenRefused(99, "\x1b[2Jgone"), ServerRefused(400, "\x1b]0;yours\x07")):
        failures.tell(refused.number, refused.name, str(refused), refused.next_step)
    assert "\x1b" not in capsys.readouterr().err
