"""Which faults mean for certain that there is no network, so that nobody need wait."""

import errno
import socket

_CERTAIN = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def is_certain(fault: BaseException | None) -> bool:
    """Whether ``fault``, or what it came from, says: no network, no route or no such name."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        if isinstance(fault, socket.gaierror):
            return True
        if isinstance(fault, OSError) and fault.errno in _CERTAIN:
            return True
        fault = fault.__cause__ or fault.__context__
    return False
