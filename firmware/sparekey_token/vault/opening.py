"""Power-up: which home is read, and what a cut of power or damage has left is mended."""

from sparekey_token.core.errors import Refused

from . import compaction, generation, header, record
from .contents import Contents
from .homes import Homes
from .log import STEP
from .replay import replay, scan

try:
    from .log import Log
    from .store import Store
except ImportError:
    pass


def homes(memory, second, secret: bytes) -> Homes:  # type: ignore[no-untyped-def]
    """The homes in one or two memories, the first brought up to date. ``OSError`` from ``memory``."""
    first = generation.opened(memory, secret)
    other = None
    faults = 0
    if second is not None:
        try:
            other = generation.opened(second, secret)
        except OSError:
            faults = 1
    found = Homes(first, other, bool(getattr(memory, "erases_first", False)))
    found.faults = faults
    if not found.foreign:
        _choose(found)
    return found


def read(store: "Store") -> None:
    """Takes in the whole log, then compacts.

    It does where that brings back what the second home alone can read, or rids it of leftovers.
    """
    replay(store.contents, store.homes)
    if store.homes.second is None:
        return
    if store.contents.damaged and store.homes.twins:
        both = Contents()
        replay(both, store.homes, mending=True)
        if both.damaged < store.contents.damaged:
            store.contents = both
    if store.contents.mended or (store.contents.leftovers and not store.contents.damaged):
        try:
            compaction.compact(store)
        except Refused:
            pass  # the second home fails: what the first one holds will do


def _choose(homes: Homes) -> None:
    first, second = homes.first, homes.second
    if second is not None and homes.behind:
        whole = _begun_whole(second)
        if homes.wiping:
            pass  # the store goes on with it
        elif first.valid and not whole:
            _whole_until(first)  # finds its end
            generation.refresh(homes)
        else:
            if not first.valid and not homes.mirrored:
                _save_the_tail(first, second)
            generation.copy(first, second, homes.step)
    elif first.valid:
        if homes.twins and homes.mirrored:
            _bring_in_step(homes)
        elif not homes.twins and second is not None and not second.foreign:
            if homes.mirrored:
                _whole_until(first)  # finds its end
            generation.refresh(homes)
    elif not first.blank_from(0):
        # a wipe's last erase that was cut, or everything is lost anyway
        homes.unreadable = not first.blank_from(header.SIZE)
        first.memory.erase()


def _begun_whole(log: "Log") -> bool:
    """Whether all is there that the generation began with.

    A medium that rewrites a whole sector at each change, cut as it wrote the header, may have that and not
    all of the rest. The first home wasn't touched yet then.
    """
    whole = True
    for _, kind, _ in scan([log]):
        whole = whole and kind >= 0
    return whole and log.end >= header.SIZE + log.length


def _save_the_tail(first: "Log", second: "Log") -> None:
    """Where the first home has lost no more than its header, what the second lacks is put there.

    A mirrored second lacks at most what a cut stopped, and is the only one: not to be written to.
    """
    first.seq = second.seq
    for place, kind, payload in scan([first]):
        if kind >= 0 and place >= second.end:
            second.end = place
            second.torn = None
            second.append(kind, payload)


def _bring_in_step(homes: Homes) -> None:
    """Mirrored homes that a cut has put out of step: the whole one is copied over the other."""
    assert homes.second is not None
    first, second = _whole_until(homes.first), _whole_until(homes.second)
    if first == second and _alike(homes.first, homes.second, first):
        return
    if first and (first >= second or not _goes_on(homes.first, homes.second, first)):
        generation.refresh(homes)
    elif second:
        generation.copy(homes.first, homes.second, homes.step)


def _goes_on(first: "Log", second: "Log", end: int) -> bool:
    """Whether the longer ``second`` is ``first``, whole until ``end``, and what a cut took from that one.

    Anyone with wires can write an EEPROM, records and their CRCs too. So neither an older KEY record comes
    back so, nor an attempt: what ``second`` has fewer of, is added to it.
    """
    if not _alike(first, second, end):
        return False
    key = False
    tries = known = 0
    for place, kind, payload in scan([second]):
        if kind == record.KEY:
            if key and place >= end:
                return False  # with two homes, one is only ever replaced by a compaction
            key = True
            tries = 0
        elif kind == record.TRIES:
            tries = payload[0]
        if place < end:
            known = tries
    if tries < known:
        if second.end + record.OVERHEAD + 1 > second.size:
            return False
        second.append(record.TRIES, bytes((known,)))
    return True


def _alike(first: "Log", second: "Log", end: int) -> bool:
    for start in range(header.SIZE, end, STEP):
        length = min(STEP, end - start)
        if first.memory.read(start, length) != second.memory.read(start, length):
            return False
    return True


def _whole_until(log: "Log") -> int:
    """The end of a log without damaged or torn bytes, 0 for another."""
    for _, kind, _ in scan([log]):
        if kind < 0:
            return 0
    return 0 if log.torn is not None else log.end
