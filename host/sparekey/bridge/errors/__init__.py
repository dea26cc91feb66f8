"""What can go wrong at the bridge: one small family, each with a name, a sentence and what to do next.

::

    BridgeError
     ├─ TokenError
     │   ├─ NoToken · SeveralTokens · OtherToken
     │   ├─ PortBusy · PortDenied · PortFailed
     │   ├─ TokenGone · TokenSilent · TokenGarbled
     │   ├─ SeveralAccounts · NoSuchAccount
     │   └─ TokenRefused          docs/protocol.md §7: nextAuth's number and name
     ├─ ServerError
     │   ├─ ServerUnreachable     number 70
     │   ├─ ServerGarbled
     │   └─ ServerRefused
     └─ ScanError
         ├─ NothingScanned · SeveralScanned · NotReadable · PartMissing
         └─ WrongKind · PayloadRefused

No message holds a key, an OTP or an API key.
"""

from .base import BridgeError
from .scan import (
    NothingScanned,
    NotReadable,
    PartMissing,
    PayloadRefused,
    ScanError,
    SeveralScanned,
    WrongKind,
)
from .server import IN_TROUBLE, SERVER_ADVICE, ServerError, ServerGarbled, ServerRefused, ServerUnreachable
from .token import (
    TOKEN_ADVICE,
    NoSuchAccount,
    NoToken,
    OtherToken,
    PortBusy,
    PortDenied,
    PortFailed,
    SeveralAccounts,
    SeveralTokens,
    TokenError,
    TokenGarbled,
    TokenGone,
    TokenRefused,
    TokenSilent,
)

__all__ = [
    "IN_TROUBLE",
    "SERVER_ADVICE",
    "TOKEN_ADVICE",
    "BridgeError",
    "NoSuchAccount",
    "NoToken",
    "NotReadable",
    "NothingScanned",
    "OtherToken",
    "PartMissing",
    "PayloadRefused",
    "PortBusy",
    "PortDenied",
    "PortFailed",
    "ScanError",
    "ServerError",
    "ServerGarbled",
    "ServerRefused",
    "ServerUnreachable",
    "SeveralAccounts",
    "SeveralScanned",
    "SeveralTokens",
    "TokenError",
    "TokenGarbled",
    "TokenGone",
    "TokenRefused",
    "TokenSilent",
    "WrongKind",
]
