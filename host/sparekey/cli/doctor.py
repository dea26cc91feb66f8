"""``sparekey doctor``: what is wrong here, and how to mend it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sparekey.cli.talk import options
from sparekey.cli.talk.failures import spoken
from sparekey.cli.talk.words import answer, printable

if TYPE_CHECKING:
    from sparekey.bridge.examination import Finding


@click.command()
@options.PORT
@options.JSON
@spoken
def doctor(port: str | None, as_json: bool) -> int:
    """What is wrong here, and how to mend it: token, servers, scanning, boards, drives.

    Ends with 0 where all is well; a warning is no fault.
    """
    ill = 0
    for found in _findings(port):
        ill += not found.well
        if as_json:
            answer(json.dumps(asdict(found)))
            continue
        mark = "BAD" if not found.well else "warn" if found.warns else "ok"
        answer(f"{mark:4} {printable(found.subject)}: {printable(found.words)}")
        if found.mend:
            answer(f"     {'better' if found.well else 'mend'}: {printable(found.mend)}")
    return 1 if ill else 0


def _findings(port: str | None) -> "Iterator[Finding]":
    from sparekey.bridge.examination import Finding, examine
    from sparekey.deploy.check_up import check_up

    yield from examine(port)
    for seen in check_up():
        yield Finding(seen.subject, seen.well, seen.words)
