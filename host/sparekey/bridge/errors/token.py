"""Between the bridge and the token: ports, cables, and the token's own refusals."""

from sparekey_token.core import sentences

from .base import BridgeError


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
    """The token has no account of that name or number, or none of it for the server."""

    name = "no_such_account"
    sentence = "The token has no such account."
    advice = "'sparekey token accounts' lists those it has."
    exit_status = 1


TOKEN_ADVICE = {
    "no_account": "Plug in the token that has the account, or add it: sparekey enrol.",
    "otp_not_allowed": "Log in while the server can be reached.",
    "vault_full": "See what it holds: sparekey token accounts. Then: sparekey token remove NAME.",
    "locked": "OK or NEXT on the token begins; then try again.",
    "clock_unset": "Set it with a press on the token: sparekey token set-time.",
    "fault": "Unplug the token and plug it in again; if it stays, 'sparekey doctor' tells more.",
}
"""What to do next about a token's refusals, where the sentence itself doesn't say."""


DETAIL_ADVICE = {"no PIN is set": "Set one on the token first: sparekey token pin."}
"""What to do next where the token's own words tell more than the error's name (docs/protocol.md §7)."""


class TokenRefused(TokenError):
    """The token answered with an error of docs/protocol.md §7; ``name`` and ``number`` are its own."""

    name = "refused"
    sentence = "The token refused."
    exit_status = 1

    def __init__(self, number: int, name: str, detail: str = "") -> None:
        super().__init__(detail, next_step=DETAIL_ADVICE.get(detail) or TOKEN_ADVICE.get(name, ""))
        self.number = number
        self.name = name  # type: ignore[misc]

    def __str__(self) -> str:
        try:
            words = sentences.sentence(self.name)
        except ValueError:
            words = f"The token refused: {self.name}."
        return f"{words} ({self.detail})" if self.detail else words
