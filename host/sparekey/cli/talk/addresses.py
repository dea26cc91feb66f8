"""Why nothing can be answered at an address, and what to do about it."""

import errno
import os

_TAKEN = {
    errno.EADDRINUSE: "is in use by another program",
    errno.EACCES: "is not for this user to listen at",
}
_WRONG = {errno.EADDRNOTAVAIL: "is no address of this machine"}


def cannot_listen(address: tuple[str, int], fault: OSError, option: str) -> str:
    """The sentence for ``fault`` at ``address`` (host, port), which ``option`` named."""
    host, port = address
    host = f"[{host}]" if ":" in host else host
    number = fault.errno or 0
    if number in _TAKEN:
        return (
            f"{host}:{port} {_TAKEN[number]}. Choose another {option}; '{option} {host}:0' takes a free port."
        )
    # a name that can't be looked up has numbers of its own, and its own words
    why = _WRONG.get(number) or f"can't be listened at ({fault.strerror or os.strerror(number)})"
    return f"{host}:{port} {why}. Choose another {option}."
