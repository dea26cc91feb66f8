"""What the person goes through, one generator a flow.

A flow yields the ``View`` it shows and gets back the button pressed (``"ok"``, ``"next"``, ``"back"``) or
None when some time has passed. It raises ``core.errors.Refused`` where something is in the way: the app
tells the host, and shows the person what happened and what to do.
"""

import gc
import sys

from sparekey_token.core.errors import Refused

try:
    from sparekey_token.line import Request

    from .token import Token
    from .view import Flow
except ImportError:
    pass

READING = "core.payload core.crock32"
"""The modules that read a QR code's text."""

AGREEING = "flows.agreeing core.agreement core.proof core.x25519 core.crock32"
"""The modules that agree on an account's key."""

UNLOCKING = "flows.unlock vault.unlocking vault.wrapping vault.stretch"
"""The modules that try a PIN."""

LOGIN = "flows.login flows.accounts core.otp core.payload core.crock32"
"""The modules of a login: kept from one to the next, let go for other flows."""

SELDOM = (
    "flows.enrol flows.agreeing flows.transaction flows.set_time flows.clock_moves flows.menu flows.pin"
    " flows.unlock flows.wipe flows.trouble core.agreement core.x25519 core.proof core.sentences"
    " vault.opening vault.compaction vault.replay vault.generation vault.header vault.live vault.settings"
    " vault.room vault.wrapping vault.unlocking vault.stretch vault.adding"
)
"""The modules of what is seldom done: let go at its end."""


def forget(names: str) -> None:
    """Lets go of modules, a space between their names.

    So the heap need not hold at once what is never done at once.
    """
    dropped = False
    for name in names.split(" "):
        if sys.modules.pop("sparekey_token." + name, None) is not None:
            room, module = name.split(".")
            if hasattr(sys.modules["sparekey_token." + room], module):  # not so where its import has failed
                delattr(sys.modules["sparekey_token." + room], module)
            dropped = True
    if dropped:
        gc.collect()  # before the next import, which wants room in one piece


def begin(token: "Token", request: "Request") -> "Flow":
    """The flow for a request; its module is imported only now, to spare the heap until then."""
    method = request.method
    if method in ("session.start", "otp.generate", "login.respond"):
        from . import login

        if method == "session.start":
            return login.start(token, request)
        return login.offline(token, request) if method == "otp.generate" else login.online(token, request)
    forget(LOGIN)
    if method == "enrol.begin":
        from .enrol import enrol

        return enrol(token, request)
    if method == "transaction.respond":
        from .transaction import respond

        return respond(token, request)
    if method == "time.set":
        from .set_time import set_time

        return set_time(token, request)
    if method == "accounts.remove":
        from .accounts import remove

        return remove(token, request)
    if method == "pin.change":
        from .pin import change

        return change(token)
    if method == "wipe":
        from .wipe import wipe

        return wipe(token)
    raise Refused("enrolment_refused", "out of order")
