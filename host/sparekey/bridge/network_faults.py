"""What a fault of the network's means: for certain no network, so that nobody need wait, or no TLS."""

import errno
import socket
import ssl
from collections.abc import Iterator

_CERTAIN = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def is_certain(fault: BaseException) -> bool:
    """Whether ``fault``, or what it came from, says: no network, no route or no such name."""
    return any(
        isinstance(one, socket.gaierror) or (isinstance(one, OSError) and one.errno in _CERTAIN)
        for one in _chain(fault)
    )


def insecurity(fault: BaseException) -> str:
    """Why TLS came to nothing, in words; empty where ``fault`` came from something else."""
    for one in _chain(fault):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"its certificate can't be trusted: {getattr(one, 'verify_message', one.strerror)}"
        if isinstance(one, ssl.SSLError):
            return "it has no secure connection to offer"
    return ""


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    """``fault`` and what it came from."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__
