"""Generations of the log: beginning, filling and copying one in a home, the first and a wipe's in both."""

from . import header, record
from .log import STEP, Log

try:
    from collections.abc import Iterable

    from .homes import Homes
except ImportError:
    pass


def opened(memory, secret: bytes) -> Log:  # type: ignore[no-untyped-def]
    """The home in a memory; its ``end`` is known once it was read through."""
    log = Log(memory, secret)
    log.end = header.SIZE
    _look(log)
    return log


def _look(log: Log) -> None:
    found = header.decode(log.secret, log.memory.read(0, header.SIZE))
    state, log.seq, log.serial, log.length, log.wiping = found
    log.valid = state == header.VALID
    log.foreign = state == header.FOREIGN
    if log.foreign:
        log.seq &= 0x7FFFFFFF  # anybody's number, perhaps the last there is


def begin(log: Log, seq: int) -> None:
    """Erases this home and begins generation ``seq``, which ``commit`` will make valid."""
    log.valid = log.foreign = False
    log.memory.erase()
    log.seq = seq
    log.wiping = False
    log.end = header.SIZE
    log.torn = None


def commit(log: Log, serial: int) -> None:
    """Writes the header: from now on this home is valid. ``OSError`` where it can't be read back."""
    log.memory.write(0, header.encode(log.secret, log.seq, serial, log.end - header.SIZE))
    _look(log)
    if not log.valid:
        raise OSError("the memory didn't keep its header")


def fill(log: Log, records: "Iterable[tuple[int, bytes]]") -> None:
    """Writes records into this home, which isn't valid yet, as much at a time as its pages like."""
    piece = b""
    for kind, payload in records:
        piece += record.encode(log.seq, log.end + len(piece), kind, payload)
        if len(piece) >= STEP:
            _put(log, piece)
            piece = b""
    _put(log, piece)


def copy(log: Log, other: Log, step: int) -> None:
    """Makes this home what the other, valid one is, byte for byte, ``step`` bytes at a time."""
    begin(log, other.seq)
    for start in range(header.SIZE, other.end, step):
        _put(log, other.memory.read(start, min(step, other.end - start)))
    log.torn = other.torn
    commit(log, other.serial)


def _put(log: Log, data: bytes) -> None:
    start = log.end
    log.end += len(data)
    if log.end > log.size:
        raise OSError("the memory is too small")
    log.memory.write(start, data)
    if log.memory.read(start, len(data)) != data:
        raise OSError("the memory didn't keep what was written")


def mark_wiping(log: Log) -> None:
    """Writes down that a wipe has begun, where this home is valid and doesn't say so yet."""
    if log.valid and not log.wiping:
        log.memory.write(header.WIPING, b"\x00")
        log.wiping = True


def begin_first(homes: "Homes") -> None:
    """Begins the first generation in the first home, or the next one where a wipe has only erased it."""
    begin(homes.first, homes.first.seq + 1)
    commit(homes.first, 0)
    if homes.mirrored:
        refresh(homes)


def refresh(homes: "Homes") -> None:
    """An older generation in the second home goes for good: the log's copy, or nothing, takes its place.

    The first home's end is known.
    """
    second = homes.second
    if second is None:
        return
    try:
        if homes.mirrored and not homes.wiping:
            copy(second, homes.first, STEP)
        elif not second.blank_from(0):
            begin(second, 0)
    except OSError:
        homes.faults += 1


def wipe(homes: "Homes") -> None:
    """Overwrites both homes; the first then holds a new generation without records.

    Where the power is cut, ``wiping`` is true at the next opening and this is to be called again.
    A second home of an old generation that turns up later counts for nothing.
    """
    first, second = homes.first, homes.second
    mark_wiping(first)
    seq = first.seq
    if second is not None and second.valid and second.wiping and not first.valid:
        seq = second.seq  # gone on with: nothing else says so any more, so it stays until the first is whole
    elif second is not None:
        try:
            mark_wiping(second)
            seq = max(seq, second.seq)
            begin(second, seq + 1)
            commit(second, 0)
            # while the first home is being erased, this one says what is under way
            mark_wiping(second)
        except OSError:
            homes.faults += 1
    begin(first, seq + 2)
    commit(first, 0)
    homes.foreign = False
    refresh(homes)
