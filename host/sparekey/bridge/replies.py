"""What a token's messages say: results, refusals, notifications (docs/protocol.md §7), none of it trusted."""

from typing import Any

from sparekey_token.core import frame, messages
from sparekey_token.core.sentences import sentence

from .errors import TokenGarbled, TokenRefused

_LONGEST_WAIT = 86400  # seconds: no honest token waits for more than a day


def notification(message: dict[str, Any]) -> tuple[str, int]:
    """What the token waits for, and for how many seconds. Raises ``TokenGarbled``."""
    try:
        told = messages.check(messages.NOTIFICATIONS["waiting"], message.get("params"))
    except frame.LineFault as fault:
        raise TokenGarbled(f"waiting: {fault}") from fault
    seconds = int(told["seconds"])  # type: ignore[call-overload]
    if seconds > _LONGEST_WAIT:
        raise TokenGarbled("waiting: too many seconds")
    return str(told["for"]), seconds


def result(method: str, message: dict[str, Any]) -> dict[str, Any]:
    """The result that answers ``method``, hex fields as bytes. Raises ``TokenRefused``, ``TokenGarbled``."""
    error = message.get("error")
    if isinstance(error, dict):
        data = error.get("data")
        name = data.get("name") if isinstance(data, dict) else None
        if not isinstance(error.get("code"), int):
            raise TokenGarbled(f"{method}: an error without a number")
        name = name if isinstance(name, str) else f"error {error['code']}"
        raise TokenRefused(error["code"], name, _detail(name, error.get("message")))
    try:
        return messages.check(messages.METHODS[method].result, message.get("result"))
    except frame.LineFault as fault:
        raise TokenGarbled(f"{method}: {fault}") from fault


def _detail(name: str, message: object) -> str:
    """What a token's message says beyond the sentence that its name stands for."""
    try:
        said = sentence(name)
    except ValueError:
        said = ""
    if not isinstance(message, str) or not message.startswith(said):
        return ""
    return message.removeprefix(said).strip().removeprefix("(").removesuffix(")")
