"""What every error of the bridge has."""

from typing import ClassVar


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
