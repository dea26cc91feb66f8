"""Between the bridge and the server: no answer, no proper one, or a refusal."""

from sparekey_token.core import sentences

from .base import BridgeError


class ServerError(BridgeError):
    """Something between the bridge and the server."""

    name = "server_error"
    sentence = "The server can't be used."
    exit_status = 4


class ServerUnreachable(ServerError):
    """No answer from the server; ``certain`` where there can't be one: no network, no such name."""

    name = "unreachable"
    number = 70
    sentence = sentences.sentence("unreachable")
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
    "proof_refused": (
        "Show a new QR code and scan again. Refused once more? The account may be gone or blocked at the "
        "server: ask there, or add it anew with 'sparekey enrol'."
    ),
    "otp_not_enabled": "Log in while the server can be reached.",
    "otp_refused": "Show a new QR code and scan again; check the token's clock: sparekey token info.",
}
"""What to do next about a server's own refusals, where a new QR code is not the answer."""


IN_TROUBLE = "Try again in a moment, or take the one-time password."
"""What to do next where the server answers that it is in trouble (500 and above)."""


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

    def __str__(self) -> str:
        return f"The server says: {self.detail}"
