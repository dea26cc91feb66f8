"""Reading a log through from its beginning, past what a cut has torn or damage has spoilt."""

from . import header, record
from .contents import MAX_TRIES

try:
    from collections.abc import Iterator

    from .contents import Contents
    from .homes import Homes
    from .log import Log
except ImportError:
    pass


_DAMAGED = 160
"""Serial numbers that a damaged stretch counts as: no more encrypted records fit a home of 8,192 bytes."""


def replay(contents: "Contents", homes: "Homes", mending: bool = False) -> None:
    """Takes in the whole log; ``mending``: what the first home can't read, its twin may."""
    contents.serial = homes.first.serial
    contents.mended = mending
    for place, kind, payload in scan(homes.logs(mending)):
        if kind < 0:
            contents.damaged += 1
            contents.serial += _DAMAGED
            # it may have been an attempt: damage must not give any back, nor wipe by itself
            contents.tries = max(contents.tries, min(contents.tries + 1, MAX_TRIES - 1))
        else:
            contents.take(place, kind, payload)
        if kind == record.SKIP:
            contents.serial += 1  # the torn write may have used one
    if homes.first.torn is not None:
        contents.serial += 1
    contents.serial = min(contents.serial, 0xFFFF)


def scan(logs: "list[Log]") -> "Iterator[tuple[int, int, bytes]]":
    """The records of a log held by one home, or by two of the same generation, which mend each other.

    Gives ``(place, type, payload)``; a stretch that no home can read is ``(start, -1, b"")`` where it
    is damaged. The first log's ``end`` and ``torn`` are set.
    """
    first = logs[0]
    place = header.SIZE
    while True:
        found = None
        for log in logs:
            found = found or log.at(place)
        if found:
            yield place, found[0], found[1]
            place += record.OVERHEAD + len(found[1])
            continue
        if all([log.blank_from(place) for log in logs]):
            first.end = place
            return
        after = _next(logs, place)
        torn = all([log.memory.read(place, 1) == b"\xff" for log in logs])
        if after is None:
            first.end = max([log.used_until(place) for log in logs])
            if torn:
                first.torn = place
            else:
                yield place, -1, b""
            return
        if not (torn and _skips(logs, after, place)):
            yield place, -1, b""
        place = after


def _next(logs: "list[Log]", place: int) -> "int | None":
    """Where the next whole record after the unreadable bytes at ``place`` starts, None where none does."""
    stop = max([log.used_until(place) for log in logs])
    for later in range(place + 1, stop - record.OVERHEAD + 1):
        for log in logs:
            if log.memory.read(later, 1) != b"\xff" and log.at(later):
                return later
    return None


def _skips(logs: "list[Log]", place: int, start: int) -> bool:
    return any([log.at(place) == (record.SKIP, start.to_bytes(2, "big")) for log in logs])
