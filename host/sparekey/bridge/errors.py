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

from typing import ClassVar

from sparekey_token.core import errors as token_errors


class BridgeError(Exception):
    """Anything that the bridge can't do; ``str()`` is a sentence for a person.

    ``number`` is nextAuth's where it has one, ``next_step`` what to do about it, ``exit_status``
    what the command line ends with (docs/errors.md).
    """

    name: ClassVar[str] = "failed"
    sentence: ClassVar[str] = "It did not work."
    advice: ClassVar[str] = ""
    number: int | None = None
    exit_status: ClassVar[int] = 1

    def __init__(self, detail: str = "", *, next_step: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.next_step = next_step or self.advice

    def __str__(self) -> str:
        return f"{self.sentence} ({self.detail})" if self.detail else self.sentence


class TokenError(BridgeError):
    """Something between the bridge and the token."""

    name = "token_error"
    sentence = "The token can't be used."
    exit_status = 3


class NoToken(TokenError):
    """No serial port looks like a token's."""

    name = "no_token"
    sentence = "No token found."
    advice = "Plug it in, or name its port: --port PATH. 'sparekey doctor' tells what it sees."


class SeveralTokens(TokenError):
    """More than one token is plugged in and none was named."""

    name = "several_tokens"
    sentence = "More than one token is plugged in."
    advice = "Say which: --port PATH, or --port with the token's id."


class OtherToken(TokenError):
    """The port answers, but not as the token that was asked for."""

    name = "other_token"
    sentence = "Another token is plugged in there."
    advice = "Plug in the one that was asked for."


class PortBusy(TokenError):
    """Another program holds the serial port."""

    name = "port_busy"
    sentence = "Another program uses the token's port."
    advice = "Close that program and try again."


class PortDenied(TokenError):
    """The operating system does not let this user open the port."""

    name = "port_denied"
    sentence = "This user may not open the token's port."
    advice = "Join the group that owns the port, then log in again."


class PortFailed(TokenError):
    """The port can't be opened for another reason."""

    name = "port_failed"
    sentence = "The token's port can't be opened."
    advice = "Check its name, or unplug the token and plug it in again."


class TokenGone(TokenError):
    """The token was unplugged."""

    name = "token_gone"
    sentence = "The token was unplugged."
    advice = "Plug it in again."


class TokenSilent(TokenError):
    """The token did not answer in time."""

    name = "token_silent"
    sentence = "The token does not answer."
    advice = "Unplug it and plug it in again; check that the port is a token's data port."


class TokenGarbled(TokenError):
    """The token's answer is not as docs/protocol.md §7 has it."""

    name = "token_garbled"
    sentence = "The token's answer makes no sense."
    advice = "Its firmware may be of another version: 'sparekey deploy' renews it."
    exit_status = 1


class SeveralAccounts(TokenError):
    """The token has several accounts of that name."""

    name = "several_accounts"
    sentence = "The token has more than one account of that name."
    advice = "Name it by its number."
    exit_status = 2


class NoSuchAccount(TokenError):
    """The token has no account of that name for the server."""

    name = "no_such_account"
    sentence = "The token has no account of that name for that server."
    advice = "'sparekey token accounts' lists those it has."
    exit_status = 1


TOKEN_ADVICE = {
    "no_account": "Plug in the token that has the account, or add it: sparekey enrol.",
    "otp_not_allowed": "Log in while the server can be reached.",
    "vault_full": "See what it holds: sparekey token accounts. Then: sparekey token remove NAME.",
    "locked": "Press a button on the token and type its PIN.",
    "clock_unset": "Set it with a press on the token: sparekey token set-time.",
    "fault": "Unplug the token and plug it in again; if it stays, 'sparekey doctor' tells more.",
}
"""What to do next about a token's refusals, where the sentence itself doesn't say."""


class TokenRefused(TokenError):
    """The token answered with an error of docs/protocol.md §7; ``name`` and ``number`` are its own."""

    name = "refused"
    sentence = "The token refused."
    exit_status = 1

    def __init__(self, number: int, name: str, detail: str = "") -> None:
        super().__init__(detail, next_step=TOKEN_ADVICE.get(name, ""))
        self.number = number
        self.name = name  # type: ignore[misc]

    def __str__(self) -> str:
        try:
            words = token_errors.sentence(self.name)
        except ValueError:
            words = f"The token refused: {self.name}."
        return f"{words} ({self.detail})" if self.detail else words


class ServerError(BridgeError):
    """Something between the bridge and the server."""

    name = "server_error"
    sentence = "The server can't be used."
    exit_status = 4


class ServerUnreachable(ServerError):
    """No answer from the server; ``certain`` where there can't be one: no network, no such name."""

    name = "unreachable"
    number = 70
    sentence = token_errors.sentence("unreachable")
    advice = "Check the network, or take the one-time password."

    def __init__(self, detail: str = "", *, certain: bool = False, next_step: str = "") -> None:
        super().__init__(detail, next_step=next_step)
        self.certain = certain


class ServerGarbled(ServerUnreachable):
    """Something answered, but not the server of docs/protocol.md §8: a proxy, a sign-in page of a network."""

    name = "server_garbled"
    sentence = "What answers there is not the server."
    advice = "Check the server's address; a network may want you to sign in first."


SERVER_ADVICE = {
    "pin_needed": "Give the token a PIN: sparekey token pin. Then log in again.",
    "throttled": "Wait a few minutes, then log in again.",
    "unauthorized": "Check the file with the API key.",
    "forbidden": "Use an API key whose role may do this.",
    "otp_not_enabled": "Log in while the server can be reached; it takes no one-time passwords.",
    "otp_refused": "Show a new QR code and scan again; check the token's clock: sparekey token info.",
}
"""What to do next about a server's own refusals, where a new QR code is not the answer."""


class ServerRefused(ServerError):
    """The server answered with an error of its own; ``name`` is its code, ``status`` HTTP's."""

    name = "server_refused"
    sentence = "The server refused."
    advice = "Show a new QR code and scan again."
    exit_status = 1

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code, next_step=SERVER_ADVICE.get(code, ""))
        self.status = status
        self.name = code  # type: ignore[misc]


class ScanError(BridgeError):
    """Something between the bridge and the QR code."""

    name = "scan_error"
    sentence = "The QR code can't be read."


class NothingScanned(ScanError):
    """No QR code of Sparekey's in what was looked at."""

    name = "nothing_scanned"
    sentence = "No Sparekey QR code found."
    advice = "Show the whole code, larger or sharper, and scan again."


class SeveralScanned(ScanError):
    """Two or more QR codes of Sparekey's: which one is meant?"""

    name = "several_scanned"
    sentence = "More than one Sparekey QR code found."
    advice = "Leave just one in view and scan again."

    def __init__(self, detail: str = "", texts: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.texts = texts


class WrongKind(ScanError):
    """A login's code where an enrolment's was wanted, or the other way round."""

    name = "wrong_kind"
    sentence = "This is the QR code of something else."
    advice = "'sparekey login' takes the code that logs in, 'sparekey enrol' the one that adds an account."


class PayloadRefused(ScanError):
    """The QR code is one of Sparekey's, but cut, altered or of another version; docs/protocol.md §2."""

    name = "bad_payload"
    sentence = "The QR code can't be read."
    advice = "Show a new one and scan again."

    def __init__(self, refused: token_errors.Refused) -> None:
        super().__init__(refused.detail)
        self.number = refused.code
        self.name = refused.name  # type: ignore[misc]

    def __str__(self) -> str:
        return f"{token_errors.sentence(self.name)} ({self.detail})"


class NotReadable(ScanError):
    """The source can't be opened: no such file, not a picture, no screen."""

    name = "not_readable"
    sentence = "There is nothing to scan there."
    advice = "Name a picture, '-', 'screen', 'camera', 'clipboard', or the text of the code itself."


class PartMissing(ScanError):
    """A library that this source needs is not installed."""

    name = "part_missing"
    sentence = "This needs a part that isn't installed."
    advice = "Install it and try again."
