"""Adding an account (docs/protocol.md §6): three requests of the host, two presses of the person.

What only one of its steps needs is loaded for that step and let go after it, to spare the heap.
"""

from sparekey_token.core.digest import equal
from sparekey_token.core.errors import Refused

from . import AGREEING, READING, forget
from .timekeeping import EARLIEST, LATEST
from .view import ends, in_two, page

try:
    from typing import TYPE_CHECKING  # the device has no such module, and stops here

    if TYPE_CHECKING:
        from sparekey_token.core.payload import Enrolment
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow
except ImportError:
    pass

_DIFFERENCE = 60
"""Seconds that the clocks may differ before the person is asked (§6 step 5)."""


def enrol(token: "Token", request: "Request") -> "Flow":
    """``enrol.begin``, ``enrol.reveal`` and ``enrol.finish``."""
    enrolment = _read(request.values["payload"])
    if token.exposed:
        raise Refused("fault", "the drive is open")
    now = token.time.known()
    if now is not None and enrolment.expires <= now:
        raise Refused("expired")
    yield from token.unlocked()
    server = _server_name(token, enrolment)
    if token.vault.count >= token.vault.capacity:
        raise Refused("vault_full")
    who = in_two("at " + server) + in_two("as " + enrolment.account_name)
    yield from token.confirm((page("enrol.ask", [ends("Add account?", "ok/back")] + who),))
    key, pin, reference, form, unix, came = yield from _agreed(token, enrolment, server)
    index = token.vault.add(
        enrolment.server_id,
        enrolment.server_public_key,
        server,
        enrolment.account_name,
        reference,
        form,
        pin,
        key,
    )
    unix += (token.ticks() - came) // 1000
    if token.time.known() is None and EARLIEST <= unix < LATEST:
        try:
            from . import clock_moves

            clock_moves.set_by_press(token.time, unix)
        except (Refused, MemoryError):
            pass  # no clock chip: the account is stored all the same
    token.reply({"index": index})
    now = token.time.known()
    if now is not None and abs(unix - now) > _DIFFERENCE and EARLIEST <= unix < LATEST:
        try:
            from . import set_time

            yield from set_time.pressed(token, unix, in_two("says " + server))
        except (Refused, MemoryError):
            pass  # the clock stays; the account is there all the same
    yield from token.tell(page("enrol.done", ["Account added."] + who), 15)


def _read(text: str) -> "Enrolment":
    from sparekey_token.core import payload

    enrolment = payload.read(text)
    if not isinstance(enrolment, payload.Enrolment):
        raise Refused("unknown_kind", "it is no enrolment")
    forget(READING)
    return enrolment


def _agreed(token: "Token", enrolment: "Enrolment", server: str) -> "Flow":
    from .agreeing import agreed

    found = yield from agreed(token, enrolment, server)
    forget(AGREEING)
    return found


def _server_name(token: "Token", enrolment: "Enrolment"):  # type: ignore[no-untyped-def]
    """The name to show: a known server's own, which no QR code can change.

    Raises ``Refused`` (``enrolment_refused``) for another key of a known server.
    """
    known = token.vault.server_key(enrolment.server_id)
    if known is None:
        return enrolment.server_name
    if not equal(known, enrolment.server_public_key):
        raise Refused("enrolment_refused", "another key of a known server")
    for account in token.vault.accounts(enrolment.server_id):
        return account.server
    return enrolment.server_name
