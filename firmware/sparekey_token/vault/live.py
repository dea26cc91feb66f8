"""What of a vault's contents a compaction keeps."""

import struct

from . import record, settings

try:
    from collections.abc import Iterator

    from .contents import Contents
    from .homes import Homes
except ImportError:
    pass


def live(
    contents: "Contents", homes: "Homes", key: bytes | None = None, without: int = -1
) -> "Iterator[tuple[int, bytes]]":
    """``(type, payload)`` of what a compaction keeps: no removed account, no server without one.

    ``key`` stands in for the KEY record's payload; the account at index ``without`` is left out.
    """
    if key is not None:
        yield record.KEY, key
    elif contents.key is not None:
        found = homes.at(contents.key)
        if found:
            yield found
    if contents.tries and key is None:
        yield record.TRIES, bytes((contents.tries,))
    for payload in settings.encode(contents.settings):
        yield record.SETTINGS, payload
    if contents.interval:
        yield record.INTERVAL, struct.pack(">I", contents.interval)
    for found in _servers(contents, homes, without):
        yield found
    for index in sorted(contents.accounts):
        found = homes.at(contents.accounts[index])
        if found and index != without:
            yield found


def _servers(contents: "Contents", homes: "Homes", without: int) -> "Iterator[tuple[int, bytes]]":
    numbers = set()
    for index in contents.accounts:
        found = homes.at(contents.accounts[index])
        if found and index != without:
            numbers.add(found[1][0] & 0x7F)
    for number in sorted(numbers):
        found = homes.at(contents.servers[number]) if number in contents.servers else None
        if found:
            yield found
