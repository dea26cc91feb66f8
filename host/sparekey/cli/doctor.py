"""``sparekey doctor``: what is wrong here, and how to mend it."""

import json
from collections.abc import Iterator

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.words import answer, printable


@click.command()
@options.PORT
@options.JSON
@spoken
def doctor(port: str | None, as_json: bool) -> int:
    """What is wrong here, and how to mend it: token, servers, scanning, boards, drives.

    Ends with 0 where all is well.
    """
    ill = 0
    for subject, well, words, mend in _findings(port):
        ill += not well
        if as_json:
            answer(json.dumps({"subject": subject, "well": well, "words": words, "mend": mend}))
            continue
        answer(f"{'ok ' if well else 'BAD'}  {printable(subject)}: {printable(words)}")
        if mend:
            answer(f"     {'better' if well else 'mend'}: {printable(mend)}")
    return 1 if ill else 0


def _findings(port: str | None) -> Iterator[tuple[str, bool, str, str]]:
    from sparekey.bridge.examination import examine
    from sparekey.deploy.check_up import check_up

    for found in examine(port):
        yield found.subject, found.well, found.words, found.mend
    for seen in check_up():
        yield seen.subject, seen.well, seen.words, ""
